/* The page's style sheet, and formatting of commands. */
#ifndef LT_PAGE_PAGE_STYLE_H
#define LT_PAGE_PAGE_STYLE_H

#include "page/markup.h"

void lt_page_style(struct lt_markup *markup);
/* Shell commands, one on each line, with line breaks before pipes and options. */
void lt_page_commands(struct lt_markup *markup, const char *text);

#endif
