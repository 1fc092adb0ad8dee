/* Strict numbers: valid and invalid texts. */
#include "base/number.h"

#include <float.h>

#include "check.h"

static void test_u64(void)
{
	static const char *const bad[] = {"",
					  " 1",
					  "1 ",
					  "+1",
					  "-1",
					  "-0",
					  "0x1",
					  "1e3",
					  "1.",
					  "1_0",
					  "\xd9\xa1",
					  "18446744073709551616",
					  "99999999999999999999"};
	uint64_t value = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_named(!lt_parse_u64(bad[i], 0, UINT64_MAX, &value) && value == 7, bad[i]);
	check(lt_parse_u64("0", 0, 0, &value) && value == 0);
	check(lt_parse_u64("007", 0, 10, &value) && value == 7);
	check(lt_parse_u64("18446744073709551615", 0, UINT64_MAX, &value) &&
	      value == UINT64_MAX);
	check(!lt_parse_u64("4", 5, 9, &value));
	check(lt_parse_u64("5", 5, 9, &value) && value == 5);
	check(lt_parse_u64("9", 5, 9, &value) && value == 9);
	check(!lt_parse_u64("10", 5, 9, &value));
}

static void test_size(void)
{
	static const char *const bad[] = {"",
					  "K",
					  "-1K",
					  "1KB",
					  "1KiB",
					  "1 K",
					  " 1",
					  "1.5G",
					  "1T",
					  "17179869184G",
					  "18446744073709551616",
					  "000000000000000000000000000001"};
	uint64_t value = 7;
	char text[24];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_named(!lt_parse_size(bad[i], 0, UINT64_MAX, &value) && value == 7,
			    bad[i]);
	check(lt_parse_size("0", 0, 0, &value) && value == 0);
	check(lt_parse_size("1500", 0, UINT64_MAX, &value) && value == 1500);
	check(lt_parse_size("1K", 0, UINT64_MAX, &value) && value == 1024);
	check(lt_parse_size("3m", 0, UINT64_MAX, &value) && value == 3145728);
	check(lt_parse_size("17179869183G", 0, UINT64_MAX, &value) &&
	      value == 17179869183 * ((uint64_t)1 << 30));
	check(!lt_parse_size("1K", 1025, UINT64_MAX, &value));
	check(!lt_parse_size("1K", 0, 1023, &value));
	check(lt_parse_size("1k", 1024, 1024, &value) && value == 1024);
	lt_format_size(0, text);
	check_text(text, "0");
	lt_format_size(1500, text);
	check_text(text, "1500");
	lt_format_size(1536000, text);
	check_text(text, "1500K");
	lt_format_size(128974848, text);
	check_text(text, "123M");
	lt_format_size((uint64_t)1 << 30, text);
	check_text(text, "1G");
	lt_format_size(8156733441, text);
	check_text(text, "7778M");
	lt_format_size(UINT64_MAX, text);
	check_text(text, "17179869183G");
}

static void test_i64(void)
{
	int64_t value = 7;

	check(lt_parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &value) &&
	      value == INT64_MIN);
	check(lt_parse_i64("9223372036854775807", INT64_MIN, INT64_MAX, &value) &&
	      value == INT64_MAX);
	check(!lt_parse_i64("9223372036854775808", INT64_MIN, INT64_MAX, &value));
	check(!lt_parse_i64("-9223372036854775809", INT64_MIN, INT64_MAX, &value));
	check(lt_parse_i64("-0", INT64_MIN, INT64_MAX, &value) && value == 0);
	check(lt_parse_i64("-1", -1, 5, &value) && value == -1);
	check(!lt_parse_i64("-2", -1, 5, &value));
	check(!lt_parse_i64("-", INT64_MIN, INT64_MAX, &value));
	check(!lt_parse_i64("--1", INT64_MIN, INT64_MAX, &value));
	check(!lt_parse_i64("", INT64_MIN, INT64_MAX, &value));
}

static void test_real(void)
{
	static const char *const bad[] = {
		"",	".",   "-",   "e5",  "1e",    "1e+", " 1",  "1 ",    "0x1p3", "inf",
		"-inf", "nan", "NaN", "1,5", "1.2.3", "+1",  "1d3", "1e400", "-1e400"};
	double value = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_named(!lt_parse_real(bad[i], -DBL_MAX, DBL_MAX, &value) && value == 7,
			    bad[i]);
	check(lt_parse_real("0.1", 0, 1, &value) && value == 0.1);
	check(lt_parse_real(".5", 0, 1, &value) && value == 0.5);
	check(lt_parse_real("5.", 0, 9, &value) && value == 5);
	check(lt_parse_real("1e-4", 0, 1, &value) && value == 1e-4);
	check(lt_parse_real("2E+2", 0, 1000, &value) && value == 200);
	check(lt_parse_real("-1.5", -2, 2, &value) && value == -1.5);
	check(!lt_parse_real("2.5", -2, 2, &value));
	check(!lt_parse_real("1", NAN, 2, &value));
	check(lt_parse_real("1.7976931348623157e308", -DBL_MAX, DBL_MAX, &value) &&
	      value == DBL_MAX);
}

static void test_format(void)
{
	static const struct {
		double value;
		const char *text;
	} known[] = {{0, "0"},
		     {-0.0, "-0"},
		     {0.1, "0.1"},
		     {0.3, "0.3"},
		     {0.1 + 0.2, "0.30000000000000004"},
		     {200, "200"},
		     {1500.5, "1500.5"},
		     {2e-4, "0.0002"},
		     {1e-5, "1e-5"},
		     {-1.25e-7, "-1.25e-7"},
		     {1e15, "1000000000000000"},
		     {1e16, "1e16"},
		     {123456789012345678.0, "1.2345678901234568e17"},
		     {5e-324, "5e-324"},
		     {DBL_MAX, "1.7976931348623157e308"},
		     {-DBL_MIN, "-2.2250738585072014e-308"}};
	uint64_t bits = 0x9e3779b97f4a7c15u;
	int i, wrong = 0;
	char text[32];
	double back;

	for (i = 0; i < (int)(sizeof(known) / sizeof(known[0])); i++) {
		lt_format_real(known[i].value, text);
		check_text(text, known[i].text);
	}
	for (i = 0; i < 100000; i++) {
		double value;

		bits = bits * 6364136223846793005u + 1442695040888963407u;
		memcpy(&value, &bits, sizeof(value));
		if (!(fabs(value) <= DBL_MAX))
			continue;
		lt_format_real(value, text);
		if (strlen(text) > 24 || !lt_parse_real(text, -DBL_MAX, DBL_MAX, &back) ||
		    back != value)
			wrong++;
	}
	check_int(wrong, 0);
}

int main(void)
{
	test_u64();
	test_size();
	test_i64();
	test_real();
	test_format();
	return check_done();
}
