/* The table of report formats, made from the one list in the header. */
#include "report/metrics.h"

#define FORMAT(name) {#name, lt_report_##name},
#define NAME(name) #name,

const struct lt_report_format lt_report_formats[] = {LT_REPORT_FORMATS(FORMAT){NULL, NULL}};
const char *const lt_report_format_names[] = {LT_REPORT_FORMATS(NAME) NULL};
