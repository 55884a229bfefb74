"""Files of offices and the web, PDF, DOCX, DOC, HTML, text, as paragraphs with their pages."""
