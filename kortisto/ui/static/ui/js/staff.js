// Everything that a staff page runs.
import "./theme.js";
import "./dialog.js";
import "./live.js";
import "./sound.js";
import "./requests.js";
import "./keys.js";
import "./palette.js";
import "./idle.js";
import "./scan.js";
import "./table.js";
import "./forms.js";
