// Puts the widget into the page that loads it.
