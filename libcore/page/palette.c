#include "page/palette.h"

/* Rules for any background. */
static const char common[] =
	"svg text{font-family:system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif;"
	"font-size:14px}"
	"svg .s{font-size:12px}svg .b{font-weight:600}"
	"svg .e{text-anchor:end}svg .m{text-anchor:middle}"
	"svg .f{fill:currentColor}svg .w{fill:none;stroke:currentColor;stroke-width:1.3}"
	"svg .l{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}"
	"svg "
	".p{fill:none;stroke:currentColor;stroke-width:3.4;stroke-linecap:round;opacity:.65}"
	"svg .x,svg .g{fill:none;stroke-width:1}"
	"svg .d{fill:none;stroke-width:1.3;stroke-dasharray:5 4}"
	"svg .h{stroke:currentColor;stroke-width:1.8}"
	"svg .o{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}";

static const struct {
	const char *selector, *property, *light, *dark;
} colours[] = {
	{".bg", "fill", "#fff", "#16191d"},	    {"svg .t", "fill", "#1f2328", "#e6e9ec"},
	{"svg .q", "fill", "#57606a", "#a3acb6"},   {"svg .x", "stroke", "#57606a", "#a3acb6"},
	{"svg .g", "stroke", "#e1e5e9", "#2c3238"}, {"svg .d", "stroke", "#57606a", "#a3acb6"},
	{"svg .h", "fill", "#fff", "#16191d"},	    {"svg .o", "stroke", "#fff", "#16191d"},
	{".c0", "color", "#0072b2", "#35cbf0"},	    {".c1", "color", "#d55e00", "#bf7a08"},
	{".c2", "color", "#009e73", "#96cd97"},	    {".c3", "color", "#9e6691", "#ec66a3"},
	{".c4", "color", "#cdb400", "#ffb868"},	    {".c5", "color", "#13c1fb", "#317fd9"},
	{".c6", "color", "#1f2328", "#e6e9ec"},	    {".c7", "color", "#825017", "#c9c503"},
	{".v1", "fill", "#d8e219", "#46327e"},	    {".v2", "fill", "#90d743", "#3e4989"},
	{".v3", "fill", "#4ac16d", "#31688e"},	    {".v4", "fill", "#21a585", "#26828e"},
	{".v5", "fill", "#26828e", "#1f9e89"},	    {".v6", "fill", "#31688e", "#35b779"},
	{".v7", "fill", "#3e4989", "#8fd744"},	    {".v8", "fill", "#440154", "#fde725"},
	{"svg .n0", "fill", "#000", "#fff"},	    {"svg .n1", "fill", "#fff", "#000"},
};

void lt_palette_style(struct lt_markup *markup)
{
	size_t n = sizeof colours / sizeof colours[0], i;

	lt_mark(markup, common);
	for (i = 0; i < n; i++)
		lt_markf(markup, "%s{%s:%s}", colours[i].selector, colours[i].property,
			 colours[i].light);
	lt_mark(markup, "@media screen and (prefers-color-scheme:dark){");
	for (i = 0; i < n; i++)
		lt_markf(markup, "%s{%s:%s}", colours[i].selector, colours[i].property,
			 colours[i].dark);
	lt_mark(markup, "}");
}
