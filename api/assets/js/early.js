// Runs before anything is painted: says that scripts work, so that the layout need not jump later.
document.documentElement.classList.add("has-script");
