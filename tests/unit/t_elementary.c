/*
 * The elementary functions against values computed with 120 decimal digits
 * (Taylor series in Python's decimal module), written as hi + lo; against libm
 * over many arguments; and the special values of C11 annex F.
 */
#include "base/elementary.h"

#include <stdint.h>

#include "check.h"

struct value {
	double x, hi, lo;
};

struct power {
	double x, y, hi, lo;
};

static const struct value exp_values[] = {
	{0x1p+0, 0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53},
	{-0x1p+0, 0x1.78b56362cef38p-2, -0x1.ca8a4270fadf5p-57},
	{0x1p-1, 0x1.a61298e1e069cp+0, -0x1.b4690082a4906p-55},
	{0x1.b7cdfd9d7bdbbp-34, 0x1.000000006df38p+0, -0x1.3112d8e5e6d4cp-57},
	{-0x1.56e1fc2f8f359p-997, 0x1p+0, 0x0p+0},
	{0x1.62e42fead449cp-2, 0x1.6a09e66640654p+0, 0x1.6a7642e888b68p-55},
	{0x1.62eb1c432ca58p-2, 0x1.6a0c5906bc779p+0, 0x1.f736045a854d8p-56},
	{0x1.62d999999999ap+9, 0x1.d75ae7a50ee14p+1023, -0x1.a7242fe782b54p+968},
	{-0x1.6226666666666p+9, 0x1.19e98b83de7a3p-1022, 0x0p+0},
	{0x1.23d0a6a121556p+0, 0x1.902ff528c5fc5p+1, 0x1.ef07ed2ed05ap-53},
	{0x1.588533d6f4f3p-2, 0x1.6663f56757f14p+0, 0x1.01b82826b06ebp-54},
	{0x1.6983ec1e79deap+0, 0x1.06b5dd2ed22e5p+2, -0x1.734ab1fe60b33p-52},
	{-0x1.3773ad5d473ep-2, 0x1.79ba2e09edc29p-1, 0x1.ffd7fb3106fabp-55},
	{-0x1.3106fc05a724ep+0, 0x1.370d390c86528p-2, -0x1.cf3f08835de1p-56},
	{-0x1.6e9dec66e984p+6, 0x1.b4d2f0fd1aabdp-133, 0x1.1ed5de226ee78p-187},
	{-0x1.559f9edfcef38p+7, 0x1.7c3a76a4f73bep-247, 0x1.758417eec52bfp-302},
	{-0x1.2846c99ce288fp+9, 0x1.177f0e207e683p-855, 0x1.b4e843ab3f332p-912},
	{0x1.4c9ac4365aeccp+9, 0x1.9e1d7e31a2502p+959, 0x1.d4608f17ff5c1p+905},
	{0x1.12f73706f9eep+9, 0x1.4de56b03996bbp+793, -0x1.90a225ebb616fp+739},
};

static const struct value expm1_values[] = {
	{0x1p+0, 0x1.b7e151628aed3p+0, -0x1.655023a9dfd8cp-54},
	{-0x1p+0, -0x1.43a54e4e98864p-1, -0x1.ca8a4270fadf5p-57},
	{0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9dda4e3p-34, 0x1.0c95a385d91c6p-88},
	{-0x1.4f8b588e368f1p-17, -0x1.4f8aea9acf2c9p-17, -0x1.d0b5369fadd35p-71},
	{0x1.62d0e56041893p-2, 0x1.a80c51b3dbab4p-2, -0x1.d74b6e597eccbp-56},
	{0x1.62eb1c432ca58p-2, 0x1.a831641af1de4p-2, 0x1.f736045a854d8p-56},
	{-0x1.62eb1c432ca58p-2, -0x1.2bf1186530eb9p-2, 0x1.20c67cd56aaf5p-57},
	{0x1.20ccccccccccdp+5, 0x1.0ed6bff3ed551p+52, -0x1.eec03df0f0c28p-3},
	{0x1.299999999999ap+5, 0x1.96d28cc229d81p+53, 0x1.a5d1a0ceab18bp-2},
	{0x1.6cp+5, 0x1.8fa89aacdc2f3p+65, -0x1.20f7684b4c891p+11},
	{-0x1.2733333333333p+5, -0x1.fffffffffffffp-1, -0x1.34625bc62bf55p-56},
	{0x1.5e4p+9, 0x1.8625c7d4f56c2p+1010, 0x1.cc8f03140c197p+956},
	{0x1.f4e28f240e9ap+0, 0x1.84ce7d4d4105cp+2, -0x1.b5ff097b00f22p-52},
	{0x1.a97ab7882d3e8p-2, 0x1.07c04ce018fa2p-1, 0x1.50eed66a02c0fp-55},
	{-0x1.f63dabec959c8p-1, -0x1.40056837be123p-1, 0x1.438e387fe434bp-55},
	{-0x1.1d8de842127bcp+1, -0x1.c8fe9dc18bb71p-1, 0x1.22d8921142771p-55},
	{0x1.2501ba43bd286p+1, 0x1.1bb7f253eef59p+3, -0x1.ad6eb8ef1f121p-54},
	{0x1.0ba82d6013128p-1, 0x1.5f95b50c8b001p-1, 0x1.f7a81f4be396dp-57},
	{-0x1.6694d683f247p+4, -0x1.fffffffe69744p-1, 0x1.30be26c1b59f3p-55},
};

static const struct value log_values[] = {
	{0x1p+1, 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56},
	{0x1.4p+3, 0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53},
	{0x1.999999999999ap-4, -0x1.26bb1bbb55515p+1, -0x1.8b752b6b15c17p-53},
	{0x1.6a0902de00d1bp-1, -0x1.62e6b3842a25ep-2, 0x1.ab287f524a622p-56},
	{0x1.6a161e4f765fep-1, -0x1.62c1a17840101p-2, 0x1.ca2edfb29918cp-56},
	{0x1.6a0902de00d1bp+0, 0x1.62e1ac5b1d181p-2, -0x1.521b39f43b33ep-57},
	{0x1.6a0f9096bb98cp+0, 0x1.62f4358c03e8ap-2, -0x1.b878a7a023b0dp-56},
	{0x1.0000000000001p+0, 0x1.fffffffffffffp-53, 0x1.5555555555554p-158},
	{0x1.fffffffffffffp-1, -0x1p-53, -0x1p-107},
	{0x0.0000000000001p-1022, -0x1.74385446d71c3p+9, -0x1.8e569fa8ee781p-45},
	{0x0.012688b70e62bp-1022, -0x1.64e69394d9508p+9, -0x1.35918fe61c196p-47},
	{0x1.e42d130773b76p+1023, 0x1.62dd08fdc6f88p+9, 0x1.16a687db2877dp-45},
	{0x1.ec04b218b8abbp+0, 0x1.4e82640bd5a6fp-1, -0x1.50b6b79a032d7p-55},
	{0x1.da3683fedb8cfp+0, 0x1.3ba3241201921p-1, -0x1.b571b192f5001p-56},
	{0x1.6169faa10adcap+0, 0x1.4a33a7c8cdd72p-2, 0x1.a87f05a0d1733p-63},
	{0x1.54d6edf3a101p+0, 0x1.251aa4a5aa7ep-2, -0x1.7319f01de640ap-57},
	{0x1.d13e76da1911p+0, 0x1.31dc637e015d1p-1, -0x1.faafa6b234384p-55},
	{0x1.fea84e8d7b2f6p+15, 0x1.62cead9f8bc5ep+3, 0x1.43db817516b2ep-52},
	{0x1.f01535d3f03e2p-19, -0x1.90436d7df6ddbp+3, -0x1.e428b7f4c0248p-51},
};

static const struct value log1p_values[] = {
	{0x1p+0, 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56},
	{-0x1p-1, -0x1.62e42fefa39efp-1, -0x1.abc9e3b39803fp-56},
	{0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d1d693p-34, -0x1.0c8b7f5fd9a85p-88},
	{-0x1.4f8b588e368f1p-17, -0x1.4f8bc681e6006p-17, 0x1.467e6f483fa76p-71},
	{0x1.a8240b780346ep-2, 0x1.62e1ac5b1d182p-2, 0x1.fe3b159f721b7p-57},
	{0x1.a83e425aee632p-2, 0x1.62f4358c03e8bp-2, -0x1.067b660b22e24p-60},
	{-0x1.2bd3c36113405p-2, -0x1.62c1a17840102p-2, 0x1.11c1205512e94p-59},
	{-0x1.2bedfa43fe5c9p-2, -0x1.62e6b3842a25cp-2, -0x1.5958b1c7bdec7p-57},
	{-0x1.fffffffffffffp-1, -0x1.25e4f7b2737fap+5, -0x1.8486612173c69p-51},
	{0x1.cd2b297d889bcp-54, 0x1.cd2b297d889bcp-54, -0x1.9f623d5a8a732p-108},
	{0x1.7e43c8800759cp+996, 0x1.5963447f87fb5p+9, 0x1.abccc0710fcd4p-46},
	{-0x1.888bbf20111dp-1, -0x1.7494970877f98p+0, 0x1.2ca2684e36566p-54},
	{0x1.fe0daaac47d7p+0, 0x1.1898553dc4582p+0, 0x1.7d2de8be59edap-54},
	{0x1.77c3bbc667b5dp-1, 0x1.19cbaa8af800ep-1, 0x1.1c192cc16f8afp-55},
	{-0x1.2b9ce221469acp-2, -0x1.62740a63c79bfp-2, -0x1.0c992a4ac6551p-57},
	{-0x1.81fbb1cd225e5p-1, -0x1.66e38648c1d5ep+0, -0x1.5d6d2ebad6ebp-57},
	{0x1.80c081e5d26cp+0, 0x1.d5bdf96de5713p-1, -0x1.32a594a17281ep-56},
	{0x1.9adfbf9217a13p+14, 0x1.45abaf96aa2fdp+3, 0x1.c74568a537c25p-53},
};

static const struct value sin_values[] = {
	{0x1p+0, 0x1.aed548f090ceep-1, 0x1.06374f484e288p-59},
	{-0x1p+0, -0x1.aed548f090ceep-1, -0x1.06374f484e288p-59},
	{0x1.4f8b588e368f1p-17, 0x1.4f8b588e1e8a2p-17, 0x1.75b30450b875ep-71},
	{0x1.8p+1, 0x1.210386db6d55bp-3, 0x1.3c7205d08d063p-57},
	{0x1.921fb54442d18p+0, 0x1p+0, -0x1.377ce858a5d48p-109},
	{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53, -0x1.f1976b7ed8fbdp-109},
	{-0x1.921fb54442d18p+2, 0x1.1a62633145c07p-52, -0x1.f1976b7ed8fbfp-108},
	{0x1.9p+6, -0x1.03425b78c4db8p-1, -0x1.c23d8557420fbp-59},
	{0x1.869f8p+16, 0x1.055f282f41bdap-1, 0x1.831c41416d80cp-57},
	{0x1.2d97c7f3321d2p+1, 0x1.6a09e667f3bcdp-1, 0x1.3267a12a5e3d6p-56},
	{-0x1.08545e1628f34p+2, 0x1.aba3afa8c715dp-1, 0x1.d14aa01a46ccap-55},
	{-0x1.a3b5c9e13e8b4p+1, 0x1.187ee06f5fd63p-3, -0x1.45a59fd7d5893p-57},
	{-0x1.ed2ce8315d15ep+1, 0x1.4e424e16269bap-1, 0x1.2f231187cf05ep-55},
	{0x1.38696f42e90ap+2, -0x1.f8b3a85549bd3p-1, 0x1.5e84e3f3c1b6cp-57},
	{-0x1.1b78a58530988p+1, -0x1.9980476616a62p-1, -0x1.9b3f009fb4c6dp-55},
	{0x1.58ed0ee5da28cp+16, -0x1.3bc5a94c0aa83p-2, 0x1.8744a693bb11p-60},
	{-0x1.09444b8fc63c4p+14, 0x1.7c026ba6fadap-4, 0x1.975c046975438p-58},
	{0x1.7013c1ca52356p+16, -0x1.d808748f9c58p-1, 0x1.04a8f8fe896d3p-55},
	{-0x1.149074fab9847p+16, -0x1.ff7608023fc11p-1, -0x1.3d2f763fa9625p-57},
};

static const struct value cos_values[] = {
	{0x1p+0, 0x1.14a280fb5068cp-1, -0x1.b71edcc9344bcp-55},
	{-0x1p+0, 0x1.14a280fb5068cp-1, -0x1.b71edcc9344bcp-55},
	{0x1.4f8b588e368f1p-17, 0x1.ffffffff920c8p-1, 0x1.3149f1007a5f5p-58},
	{0x1.8p+1, -0x1.fae04be85e5d2p-1, -0x1.83effc17efb54p-55},
	{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110},
	{0x1.2d97c7f3321d2p+2, -0x1.a79394c9e8a0ap-53, -0x1.456737b06ea19p-107},
	{-0x1.921fb54442d18p+2, 0x1p+0, -0x1.377ce858a5d48p-105},
	{0x1.9p+6, 0x1.b981dbf665fdfp-1, 0x1.8fd0cdcd985e8p-55},
	{-0x1.869f8p+16, -0x1.b8428c9f69a31p-1, 0x1.6df205399a1aep-59},
	{0x1.921fb54442d18p-1, 0x1.6a09e667f3bcdp-1, -0x1.ec4c7696139d5p-56},
	{-0x1.863890c82df44p+1, -0x1.fdc9b12e1caefp-1, -0x1.3a03b58e904a7p-55},
	{-0x1.bd5546d9c4f5ep+1, -0x1.e31a7e1c08b5dp-1, 0x1.d03e3504d0b0cp-55},
	{-0x1.e912dd4ca72cp-1, 0x1.27a4932b6979cp-1, -0x1.1854f82e419a6p-55},
	{-0x1.aff93bf8bd222p+2, 0x1.c9507a06b683dp-1, 0x1.de8961cebeb63p-55},
	{-0x1.05ddff86872fdp+2, -0x1.29c99e7c699d4p-1, -0x1.915c641f6ccb1p-58},
	{-0x1.7cff8c0715c08p+14, 0x1.9d355c3d3249bp-2, -0x1.afe262f04fc6ep-61},
	{-0x1.0a8c2850d36a4p+14, 0x1.f6a9ebcb783f9p-1, -0x1.b78917be13abap-56},
	{0x1.232fe393cec7cp+15, 0x1.fdf660116ebfep-1, 0x1.2a2fb33a7b76ap-55},
	{-0x1.da5fc8f2ec503p+15, 0x1.60e6957da8855p-1, -0x1.5bcd29783cc5ap-56},
};

static const struct power power_values[] = {
	{0x1.47ae147ae147bp-7, 0x1.c71c71c71c71cp-4, 0x1.32ef99832c82p-1,
	 -0x1.e8f6d75605ee1p-59},
	{0x1.47ae147ae147bp-7, 0x1.c71c71c71c71cp-3, 0x1.7001ab3d9561fp-2,
	 0x1.b0e0d61994949p-67},
	{0x1.47ae147ae147bp-7, 0x1.5555555555555p-2, 0x1.b93a6cec0b3b2p-3,
	 -0x1.3485ffc6450f4p-61},
	{0x1.47ae147ae147bp-7, 0x1.c71c71c71c71cp-2, 0x1.08826629eb401p-3,
	 -0x1.db0a684e5e8a4p-57},
	{0x1.47ae147ae147bp-7, 0x1.1c71c71c71c72p-1, 0x1.3d236e78f41b2p-4,
	 0x1.230fcd923345cp-58},
	{0x1.47ae147ae147bp-7, 0x1.5555555555555p-1, 0x1.7c3d2c4d63ff6p-5,
	 0x1.a3e6fc3074eadp-59},
	{0x1.47ae147ae147bp-7, 0x1.8e38e38e38e39p-1, 0x1.c7e5001442ab1p-6,
	 -0x1.9bdbc65ef0a74p-60},
	{0x1.47ae147ae147bp-7, 0x1.c71c71c71c71cp-1, 0x1.114d3522608c7p-6,
	 -0x1.791317d02c374p-61},
	{0x1.47ae147ae147bp-6, 0x1.c71c71c71c71cp-4, 0x1.4b8257765b0e3p-1,
	 -0x1.f8f40e986830ap-55},
	{0x1.47ae147ae147bp-6, 0x1.c71c71c71c71cp-2, 0x1.67f113beebde4p-3,
	 0x1.b5246b9ca5f83p-58},
	{0x1.47ae147ae147bp-6, 0x1.c71c71c71c71cp-1, 0x1.fa160867a8876p-6,
	 -0x1.0b04578ec0f12p-62},
	{0x1.999999999999ap-4, 0x1.c71c71c71c71cp-3, 0x1.32ef99832c82p-1,
	 0x1.8dbd55ec08decp-59},
	{0x1.999999999999ap-4, 0x1.1c71c71c71c72p-1, 0x1.1cef200ca9aaep-2,
	 0x1.c9c7855d565d7p-56},
	{0x1.999999999999ap-4, 0x1.8e38e38e38e39p-1, 0x1.55a0826af8af7p-3,
	 0x1.0dd308937575dp-58},
	{0x1.47ae147ae147bp-7, 0x1.4afd6a052bf5bp-7, 0x1.e8ba93479ea4cp-1,
	 -0x1.dade8715878adp-55},
	{0x1.47ae147ae147bp-7, 0x1.0295fad40a57fp-1, 0x1.902eeb57257d7p-4,
	 0x1.95dd793967fb4p-58},
	{0x1.47ae147ae147bp-7, 0x1.fad40a57eb503p-1, 0x1.574860fc2aefap-7,
	 -0x1.afef332007311p-63},
	{0x1.fff2e48e8a71ep-1, 0x1.388p+12, 0x1.368932f47388ep-1, 0x1.4f3c287f159b5p-55},
	{0x1.fff2e48e8a71ep-1, 0x1.9p+5, 0x1.fd723e3992dcep-1, 0x1.0b30029fefe4cp-55},
	{0x1p+1, 0x1p-1, 0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54},
	{0x1.8p+1, -0x1p-2, 0x1.85092ed86a26bp-1, 0x1.f090807ae264p-58},
	{0x1.0000000000001p+0, 0x1.c6bf52634p+49, 0x1.3fa60615291eep+0, 0x1.3232511e1e46fp-57},
	{0x1.fffffffffffffp-1, -0x1.bc16d674ec8p+59, 0x1.2047972b728a1p+160,
	 -0x1.e04ffd5cff3efp+106},
	{0x1.4p+3, -0x1.36p+8, 0x0.012688b70e62bp-1022, 0x0p+0},
	{0x1p-1, -0x1.ffffdf3b645a2p+9, 0x1.ffa52de61c1b3p+1023, -0x1.492d593b82dcap+969},
	{0x0.0000000000001p-1022, 0x1p-1, 0x1p-537, -0x1.bba08b9fca37fp-933},
	{0x1.e42d130773b76p+1023, -0x1p+0, 0x0.43ad882e2107cp-1022, -0x0p+0},
	{0x1.3c6ef37290dcbp-1, 0x1.77p+10, 0x0.000018e23a76dp-1022, 0x0p+0},
	{0x1.fdaa09fa98daep+3, 0x1.d0f77b044061p+3, 0x1.0478fde86f731p+58,
	 -0x1.c9e632e459628p+4},
	{0x1.7285b9169415fp+5, -0x1.5c44e7c9d38c4p+3, 0x1.b6d6e2fbeaa8ap-61,
	 -0x1.5c7e3bb6ae99cp-117},
	{0x1.0c98f32c4e7bcp+5, 0x1.6d93244c5a43cp+3, 0x1.e1f66a7996645p+57,
	 0x1.8771466f6627fp+3},
	{0x1.07e115fdb45fbp+5, 0x1.6c9f1fc2fa502p+3, 0x1.62b299cbc7d21p+57,
	 0x1.a97d148a48f9cp+0},
	{0x1.34a67af7fd7f6p+4, -0x1.937f30c70568p+1, 0x1.74407ad52afc8p-14,
	 -0x1.970e4eeae789bp-70},
	{0x1.487be97335047p+5, 0x1.a9b115fdd9608p+3, 0x1.3afa15e9fdb1bp+71,
	 -0x1.3c75630743e18p+17},
	{0x1.19a825d640735p+3, -0x1.161fb6c5ade2cp+4, 0x1.5f4a87f0c4325p-55,
	 0x1.0e73af23e9e22p-110},
	{0x1.17f8d80b75298p+5, 0x1.1670e2bbf37dep+4, 0x1.32960e74b773dp+89,
	 0x1.37ae337abfcbbp+35},
};

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* |got - (hi + lo)| in units in the last place of hi. */
static double ulps(double got, double hi, double lo)
{
	int exponent;

	frexp(hi, &exponent);
	return fabs((got - hi) - lo) / ldexp(1, exponent - 53 < -1074 ? -1074 : exponent - 53);
}

/* The larger value; NaN if either is NaN. */
static double worse(double a, double b)
{
	return a >= b ? a : b;
}

static void check_values(const char *name, double (*function)(double),
			 const struct value *value, int n, double bound)
{
	double worst = 0;
	int i;

	for (i = 0; i < n; i++)
		worst = worse(worst, ulps(function(value[i].x), value[i].hi, value[i].lo));
	if (!check_named(worst < bound, name))
		printf("# worst error %g ulp, bound %g\n", worst, bound);
}

static void check_powers(void)
{
	double worst = 0;
	const struct power *p = power_values;
	int i;

	for (i = 0; i < COUNT(power_values); i++, p++)
		worst = worse(worst, ulps(lt_pow(p->x, p->y), p->hi, p->lo));
	if (!check_named(worst <= 0.51, "pow within 0.51 ulp"))
		printf("# worst error %g ulp\n", worst);
}

/* Integer powers that doubles can represent are exact. */
static void check_exact_powers(void)
{
	int wrong = 0, base, exponent;
	double exact;

	for (base = 2; base < 1000; base++) {
		exact = base;
		for (exponent = 1; exact <= 0x1p53; exponent++, exact *= base) {
			wrong += !(lt_pow(base, exponent) == exact);
			wrong += !(lt_pow(-base, exponent) == (exponent % 2 ? -exact : exact));
		}
	}
	for (exponent = -1074; exponent < 1024; exponent++)
		wrong += !(lt_pow(2, exponent) == ldexp(1, exponent));
	check_int(wrong, 0);
	check(lt_pow(0.01, 1) == 0.01 && lt_pow(1.0 / 3, 1) == 1.0 / 3);
	check(lt_pow(6.25, 0.5) == 2.5 && lt_pow(6.25, -0.5) == 0.4);
}

static double unit(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) * 0x1p-53;
}

/* libm is accurate to about 2 ulp here, so this finds gross errors at unusual arguments. */
static void check_against_libm(const char *name, double (*own)(double), double (*libm)(double),
			       double low, double high)
{
	uint64_t state = 1;
	double x, want, worst = 0;
	int i;

	for (i = 0; i < 20000; i++) {
		x = low + (high - low) * unit(&state);
		want = libm(x);
		worst = worse(worst, ulps(own(x), want, 0));
	}
	if (!check_named(worst <= 3, name))
		printf("# differs from libm by %g ulp\n", worst);
}

static void check_power_against_libm(void)
{
	uint64_t state = 2;
	double x, y, worst = 0;
	int i;

	for (i = 0; i < 20000; i++) {
		x = ldexp(1 + unit(&state), (int)(unit(&state) * 2000) - 1000);
		y = (unit(&state) * 2 - 1) * 700 / (fabs(log(x)) + 0.1);
		worst = worse(worst, ulps(lt_pow(x, y), pow(x, y), 0));
	}
	if (!check_named(worst <= 2, "pow against libm"))
		printf("# differs from libm by %g ulp\n", worst);
}

static bool same(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a == b && !signbit(a) == !signbit(b));
}

static void check_special(void)
{
	const double inf = INFINITY, nan = NAN;

	check(same(lt_exp(0), 1) && same(lt_exp(-0.0), 1));
	check(same(lt_exp(inf), inf) && same(lt_exp(-inf), 0) && isnan(lt_exp(nan)));
	check(same(lt_exp(710), inf) && same(lt_exp(-746), 0) && lt_exp(-745) > 0);
	check(same(lt_expm1(0), 0) && same(lt_expm1(-0.0), -0.0) && isnan(lt_expm1(nan)));
	check(same(lt_expm1(inf), inf) && same(lt_expm1(-inf), -1) && same(lt_expm1(-60), -1));
	check(same(lt_log(1), 0) && same(lt_log(0), -inf) && same(lt_log(-0.0), -inf));
	check(isnan(lt_log(-1)) && isnan(lt_log(-inf)) && isnan(lt_log(nan)));
	check(same(lt_log(inf), inf));
	check(same(lt_log1p(0), 0) && same(lt_log1p(-0.0), -0.0) && same(lt_log1p(-1), -inf));
	check(isnan(lt_log1p(-2)) && isnan(lt_log1p(nan)) && same(lt_log1p(inf), inf));
	check(same(lt_sin(0), 0) && same(lt_sin(-0.0), -0.0) && same(lt_cos(0), 1));
	check(isnan(lt_sin(inf)) && isnan(lt_cos(-inf)) && isnan(lt_sin(nan)));
	check(!isnan(lt_sin(1e5)) && isnan(lt_sin(1.0001e5)) && isnan(lt_cos(-1.0001e5)));
}

static void check_special_powers(void)
{
	static const double base[] = {0.0, -0.0, 1,	-1,	2,     -2,
				      0.5, -0.5, 1e300, -1e300, 1e-300};
	static const double exponent[] = {0.0, -0.0, 1,	  -1,	2,     -2,     3,      -3,
					  0.5, -0.5, 1e3, -1e3, 1e200, -1e200, 1e-200, -1e-200};
	double x[COUNT(base) + 3], y[COUNT(exponent) + 3];
	int i, j, wrong = 0;

	memcpy(x, base, sizeof base);
	memcpy(y, exponent, sizeof exponent);
	x[COUNT(base)] = y[COUNT(exponent)] = INFINITY;
	x[COUNT(base) + 1] = y[COUNT(exponent) + 1] = -INFINITY;
	x[COUNT(base) + 2] = y[COUNT(exponent) + 2] = NAN;
	for (i = 0; i < COUNT(x); i++) {
		for (j = 0; j < COUNT(y); j++) {
			if (same(lt_pow(x[i], y[j]), pow(x[i], y[j])) ||
			    ulps(lt_pow(x[i], y[j]), pow(x[i], y[j]), 0) <= 1)
				continue;
			wrong++;
			printf("# pow(%g, %g) is %g, not %g\n", x[i], y[j], lt_pow(x[i], y[j]),
			       pow(x[i], y[j]));
		}
	}
	check_named(wrong == 0, "special values of pow");
}

int main(void)
{
	check_values("exp within 1 ulp", lt_exp, exp_values, COUNT(exp_values), 1);
	check_values("expm1 within 1 ulp", lt_expm1, expm1_values, COUNT(expm1_values), 1);
	check_values("log within 1 ulp", lt_log, log_values, COUNT(log_values), 1);
	check_values("log1p within 1 ulp", lt_log1p, log1p_values, COUNT(log1p_values), 1);
	check_values("sin within 1 ulp", lt_sin, sin_values, COUNT(sin_values), 1);
	check_values("cos within 1 ulp", lt_cos, cos_values, COUNT(cos_values), 1);
	check_powers();
	check_exact_powers();
	check_against_libm("exp against libm", lt_exp, exp, -750, 710);
	check_against_libm("exp near 0 against libm", lt_exp, exp, -1, 1);
	check_against_libm("expm1 against libm", lt_expm1, expm1, -2, 2);
	check_against_libm("expm1 far out against libm", lt_expm1, expm1, -50, 709);
	check_against_libm("log against libm", lt_log, log, 0, 2);
	check_against_libm("log far out against libm", lt_log, log, 0, 1e300);
	check_against_libm("log1p against libm", lt_log1p, log1p, -1, 2);
	check_against_libm("sin against libm", lt_sin, sin, -1e5, 1e5);
	check_against_libm("cos against libm", lt_cos, cos, -1e5, 1e5);
	check_power_against_libm();
	check_special();
	check_special_powers();
	return check_done();
}
