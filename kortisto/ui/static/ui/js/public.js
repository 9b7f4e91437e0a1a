// Everything that a public page runs. All of it works without, too.
import "./theme.js";
import "./dialog.js";
import "./live.js";
import "./requests.js";
import "./forms.js";
