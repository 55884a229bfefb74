"""What stands behind `kewen evaluate`: golden sets, test collections, reports and the gate."""
