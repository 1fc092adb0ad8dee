/*
 * The table of known containers: one line for each kind, one for each of its signatures
 * (bytes at an offset) and one for its suffixes.
 */
#include "import/containers.h"

#include <string.h>
#include <strings.h>

#include "stream/stream.h"

/* For tables whose rows contain the images. */
#define TO_FILES                                                                               \
	"write its images to files, in a directory for each class or beside a CSV file of "    \
	"paths and labels, for example with "
#define TO_NPZ "save its images and labels as arrays of an .npz file, for example with "
#define BY_ITSELF "name it as an input by itself: it is not read among other files"
#define UNPACK "unpack it and name the directory, for example with "
#define TO_PNG "convert it to PNG, for example with "

#define KINDS(X)                                                                               \
	X(PARQUET, "a Parquet file", TO_FILES "pyarrow of Python")                             \
	X(ARROW, "an Arrow file", TO_FILES "pyarrow of Python")                                \
	X(FEATHER, "a Feather file", TO_FILES "pyarrow of Python")                             \
	X(TFRECORD, "a TFRecord file", TO_FILES "tensorflow or tfrecord of Python")            \
	X(RECORDIO, "a RecordIO file of MXNet", TO_FILES "mxnet.recordio of Python")           \
	X(BETON, "a file of FFCV", TO_FILES "ffcv of Python")                                  \
	X(LMDB, "an LMDB database", TO_FILES "lmdb of Python")                                 \
	X(SQLITE, "an SQLite database", TO_FILES "sqlite3 of Python")                          \
	X(HDF5, "an HDF5 file", TO_NPZ "h5py of Python")                                       \
	X(MATLAB73, "a MATLAB file of version 7.3, which is HDF5",                             \
	  "save it again by MATLAB with save -v7, or the transpose (.T) of each array that "   \
	  "h5py of Python reads, as an .npz file")                                             \
	X(MATLAB, "a MATLAB file", BY_ITSELF)                                                  \
	X(NUMPY, "a NumPy array", BY_ITSELF)                                                   \
	X(NPZ, "an .npz file of NumPy arrays", BY_ITSELF)                                      \
	X(PICKLE, "a Python pickle, which is a program and is not run",                        \
	  TO_NPZ "the Python code that made it")                                               \
	X(TORCH, "a file of PyTorch", TO_NPZ "torch.load and numpy.savez of Python")           \
	X(SAFETENSORS, "a safetensors file", TO_NPZ "safetensors and numpy of Python")         \
	X(ZIP, "a zip file inside another input", "unpack the outer one and name this one")    \
	X(TAR, "a tar file inside another input", "unpack the outer one and name this one")    \
	X(PACKED, "a compressed file inside another input",                                    \
	  "unpack the outer one and name this one")                                            \
	X(RAR, "a RAR archive", UNPACK "unrar x or 7z x")                                      \
	X(SEVEN, "a 7-Zip archive", UNPACK "7z x")                                             \
	X(PART, "a part of an archive that was split",                                         \
	  "join the parts, for example with zip -s 0 FILE.zip --out WHOLE.zip, cat or 7z x")   \
	X(DISK, "a disk image", UNPACK "7z x")                                                 \
	X(DICOM, "a DICOM image", TO_PNG "dcmj2pnm of DCMTK")                                  \
	X(NIFTI, "a NIfTI volume",                                                             \
	  "save its slices as PNG, for example with nibabel of Python")                        \
	X(HEIC, "an HEIC image", TO_PNG "heif-convert of libheif")                             \
	X(AVIF, "an AVIF image", TO_PNG "avifdec of libavif")                                  \
	X(JXL, "a JPEG XL image", TO_PNG "djxl of libjxl")                                     \
	X(JPEG2000, "a JPEG 2000 image", TO_PNG "opj_decompress of OpenJPEG")                  \
	X(RAW, "a camera's raw image",                                                         \
	  "develop it to TIFF, JPEG or PNG, for example with darktable-cli")                   \
	X(PSD, "a Photoshop image", TO_PNG "ImageMagick")                                      \
	X(EXR, "an OpenEXR image", TO_PNG "ImageMagick")                                       \
	X(SVG, "an SVG drawing", "draw it at one size, for example with rsvg-convert")         \
	X(PDF, "a PDF document", "take its images out, for example with pdfimages -png")       \
	X(VIDEO, "a video",                                                                    \
	  "save its frames as images, for example with ffmpeg -i FILE DIRECTORY/%06d.png")     \
	X(SHEET, "a spreadsheet", "save it as a CSV file")                                     \
	X(STREAM, "a stream of this program",                                                  \
	  "it is imported already, and the other programs read it")                            \
	X(LFS, "a pointer of Git LFS and not the file itself",                                 \
	  "fetch the file with git lfs pull")                                                  \
	X(PAGE, "a web page", "if it should be something else, download that again")           \
	X(UNFINISHED, "an unfinished download", "download it again")

#define KIND_NAME(name, what, remedy) name,
#define KIND_TEXTS(name, what, remedy) {what, remedy},

enum kind { KINDS(KIND_NAME) N_KINDS };

static const struct lt_container kinds[N_KINDS] = {KINDS(KIND_TEXTS)};

/* ------------------------------------------------------------------ first bytes */

struct mark {
	enum kind kind;
	uint16_t at;
	uint16_t n;
	const char *bytes;
};

#define MARK(kind, at, bytes)                                                                  \
	{                                                                                      \
		kind, at, sizeof bytes - 1, bytes                                              \
	}

/* The first match wins. */
static const struct mark marks[] = {
	MARK(PARQUET, 0, "PAR1"),
	MARK(PARQUET, 0, "PARE"),
	MARK(ARROW, 0, "ARROW1"),
	MARK(FEATHER, 0, "FEA1"),
	MARK(RECORDIO, 0, "\x0a\x23\xd7\xce"),
	MARK(LMDB, 16, "\xde\xc0\xef\xbe"),
	MARK(SQLITE, 0, "SQLite format 3"),
	MARK(HDF5, 0, "\x89HDF\r\n\x1a\n"),
	MARK(MATLAB73, 0, "MATLAB 7.3 MAT-file"),
	MARK(MATLAB, 0, "MATLAB 5.0 MAT-file"),
	MARK(NUMPY, 0, "\x93NUMPY"),
	MARK(TORCH, 0, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"),
	MARK(RAR, 0, "Rar!\x1a\x07"),
	MARK(SEVEN, 0, "7z\xbc\xaf\x27\x1c"),
	MARK(DICOM, 128, "DICM"),
	MARK(NIFTI, 344, "n+1\0"),
	MARK(NIFTI, 344, "ni1\0"),
	MARK(NIFTI, 4, "n+2\0\r\n\x1a\n"),
	MARK(HEIC, 4, "ftyphei"),
	MARK(HEIC, 4, "ftyphev"),
	MARK(HEIC, 4, "ftypmif1"),
	MARK(HEIC, 4, "ftypmsf1"),
	MARK(AVIF, 4, "ftypavi"),
	MARK(RAW, 4, "ftypcrx "),
	MARK(VIDEO, 4, "ftyp"),
	MARK(VIDEO, 8, "AVI LIST"),
	MARK(VIDEO, 0, "\x1a\x45\xdf\xa3"),
	MARK(VIDEO, 0, "\0\0\1\xba"),
	MARK(VIDEO, 0, "FLV\1"),
	MARK(VIDEO, 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
	MARK(JXL, 0, "\0\0\0\x0cJXL \r\n\x87\n"),
	MARK(JXL, 0, "\xff\x0a"),
	MARK(JPEG2000, 0, "\0\0\0\x0cjP  \r\n\x87\n"),
	MARK(JPEG2000, 0, "\xff\x4f\xff\x51"),
	MARK(RAW, 0, "FUJIFILMCCD-RAW"),
	MARK(RAW, 0, "IIU\0"),
	MARK(RAW, 0, "IIRO"),
	MARK(RAW, 0, "IIRS"),
	MARK(PSD, 0, "8BPS"),
	MARK(EXR, 0, "\x76\x2f\x31\x01"),
	MARK(PDF, 0, "%PDF-"),
	MARK(STREAM, 0, "\x95\xa4LTS1"),
	MARK(LFS, 0, "version https://git-lfs.github.com/spec/"),
	MARK(PAGE, 0, "<!DOCTYPE html"),
	MARK(PAGE, 0, "<!doctype html"),
	MARK(PAGE, 0, "<html"),
};

static uint64_t get64(const uint8_t *p)
{
	uint64_t value = 0;
	int i;

	for (i = 7; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

/* A record's length and the masked CRC-32C of its 8 bytes. */
static bool is_tfrecord(const uint8_t *head, size_t n)
{
	uint32_t crc;

	if (n < 12)
		return false;
	crc = lt_crc32c(0, head, 8);
	crc = (crc >> 15 | crc << 17) + UINT32_C(0xa282ead8);
	return head[8] == (crc & 255) && head[9] == (crc >> 8 & 255) &&
	       head[10] == (crc >> 16 & 255) && head[11] == crc >> 24;
}

/* The length of a JSON object that begins with a name. */
static bool is_safetensors(const uint8_t *head, size_t n)
{
	return n >= 10 && get64(head) >= 2 && get64(head) <= 100000000 && head[8] == '{' &&
	       head[9] == '"';
}

/* Protocols 2 to 5, followed by a frame, a collection, a global or a mark. */
static bool is_pickle(const uint8_t *head, size_t n)
{
	return n >= 3 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 &&
	       memchr("\x95}]()c\x8a", head[2], 7);
}

static const struct lt_container *by_head(const uint8_t *head, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (n >= (size_t)marks[i].at + marks[i].n &&
		    memcmp(head + marks[i].at, marks[i].bytes, marks[i].n) == 0)
			return &kinds[marks[i].kind];
	if (is_tfrecord(head, n))
		return &kinds[TFRECORD];
	if (is_safetensors(head, n))
		return &kinds[SAFETENSORS];
	return is_pickle(head, n) ? &kinds[PICKLE] : NULL;
}

/* ------------------------------------------------------------------ names */

/* A name that ends with one of these suffixes, possibly followed by "-00000-of-00010". */
static const struct {
	enum kind kind;
	const char *ends; /* with a space between */
} suffixes[] = {
	{PARQUET, ".parquet .pq"},
	{ARROW, ".arrow"},
	{FEATHER, ".feather"},
	{TFRECORD, ".tfrecord .tfrecords .tfrec"},
	{RECORDIO, ".rec"},
	{BETON, ".beton"},
	{LMDB, ".mdb .lmdb"},
	{SQLITE, ".sqlite .sqlite3 .db3 .db"},
	{HDF5, ".h5 .hdf5 .hdf .he5"},
	{MATLAB, ".mat"},
	{NUMPY, ".npy"},
	{NPZ, ".npz"},
	{TORCH, ".pt .pth /data.pkl"},
	{PICKLE, ".pkl .pickle .joblib"},
	{SAFETENSORS, ".safetensors"},
	{NIFTI, ".nii .nii.gz"},
	{TAR, ".tar .tgz .tbz2 .txz .tar.gz .tar.bz2 .tar.xz .tar.zst"},
	{ZIP, ".zip"},
	{PACKED, ".gz .bz2 .xz .zst .lz4 .lzma"},
	{RAR, ".rar"},
	{SEVEN, ".7z"},
	{PART, ".z01 .z02 .001 .002 .r00"},
	{DISK, ".iso .dmg"},
	{DICOM, ".dcm .dicom"},
	{HEIC, ".heic .heif .hif"},
	{AVIF, ".avif"},
	{JXL, ".jxl"},
	{JPEG2000, ".jp2 .j2k .jpf .jpx"},
	{RAW, ".cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .dng .orf .rw2 .raf .pef .srw .x3f .3fr "
	      ".iiq"},
	{PSD, ".psd .psb"},
	{EXR, ".exr"},
	{SVG, ".svg .svgz"},
	{PDF, ".pdf"},
	{VIDEO, ".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .wmv .flv .ogv .mts .m2ts .3gp"},
	{SHEET, ".xlsx .xls .ods"},
	{STREAM, ".lts"},
	{UNFINISHED, ".crdownload .part .download .aria2"},
};

/* Bytes of the name without a shard's number. */
static size_t without_shard(const char *name)
{
	const char *slash = strrchr(name, '/'), *last = slash ? slash : name;
	const char *dot = strrchr(last, '.'), *dash = dot ? strchr(dot, '-') : NULL;

	return dash ? (size_t)(dash - name) : strlen(name);
}

static bool ends_with(const char *name, size_t n, const char *ends)
{
	size_t size;

	for (;; ends += size + 1) {
		size = strcspn(ends, " ");
		if (n >= size && strncasecmp(name + n - size, ends, size) == 0)
			return true;
		if (ends[size] == '\0')
			return false;
	}
}

const struct lt_container *lt_container_find(const char *name, const uint8_t *head,
					     size_t head_size)
{
	const struct lt_container *found = head_size ? by_head(head, head_size) : NULL;
	size_t n = name ? without_shard(name) : 0, i;

	for (i = 0; name && !found && i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (ends_with(name, n, suffixes[i].ends))
			found = &kinds[suffixes[i].kind];
	return found;
}

bool lt_container_is_archive(const struct lt_container *container)
{
	return container == &kinds[ZIP] || container == &kinds[TAR];
}
