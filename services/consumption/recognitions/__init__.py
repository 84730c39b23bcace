"""Recognitions 消费协作重点产品认定, from the application to their end."""
