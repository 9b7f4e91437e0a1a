// The pages before the work need only the theme and the menus.
import "../ui/js/theme.js";
import "../ui/js/dialog.js";
