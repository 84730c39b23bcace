"""Webhooks 推送: the changes of a house, sent to where clients want to be told of them."""
