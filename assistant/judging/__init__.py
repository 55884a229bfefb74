"""Do these statements answer what was asked?"""
