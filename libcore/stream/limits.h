/* The limits of LTS1, lt-stream(5).  Checked before memory is allocated. */
#ifndef LT_STREAM_LIMITS_H
#define LT_STREAM_LIMITS_H

#define LT_MAX_META ((size_t)1 << 20)
#define LT_MAX_DEPTH 8
#define LT_MAX_COLUMNS 64
#define LT_MAX_DIMS 8
#define LT_MAX_DIM (((uint64_t)1 << 31) - 1)
/* Elements of a shape, where a dimension of 0 counts as 1. */
#define LT_MAX_ELEMENTS ((uint64_t)1 << 60)
#define LT_MAX_ROWS_A_FRAME ((uint64_t)1 << 24)
#define LT_MAX_BODY ((uint64_t)256 << 20) /* --max-frame raises it */
#define LT_MAX_NAME 255
#define LT_MAX_CLASSES 65535
#define LT_MAX_HEADS 8
#define LT_MAX_HEAD_NAME 31
#define LT_MAX_PROV 64
#define LT_MAX_PROV_BYTES 4096
/* Files of a range in a name.  DONE lists each with up to 25 bytes, and must fit into a meta.
 */
#define LT_MAX_SHARDS 16384
#define LT_ROWS_BODY ((uint64_t)1 << 20)  /* a ROWS frame's body, unless one row is larger */
#define LT_PART_BODY ((uint64_t)32 << 20) /* a TENS part's body */

#endif
