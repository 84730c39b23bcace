"""Cards 户有卡: all that is known of a household on one page, and the code that leads to it 一户一码."""
