"""Assets 帮扶项目资产, and the five rights 五权 in them."""
