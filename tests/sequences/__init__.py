"""Random lives of work orders, driven through the one door and compared with a small model of the design."""
