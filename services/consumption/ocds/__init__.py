"""OCDS 开放采购数据: orders as contracting processes of the Open Contracting Data Standard 1.1."""
