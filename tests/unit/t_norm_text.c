/* --norm: valid texts, invalid texts, and that an invalid text changes nothing. */
#include "data/norm_text.h"

#include "check.h"

static void test_words(void)
{
	struct lt_norm norm = {0};

	check_int(lt_norm_parse(&norm, "imagenet", 0, NULL), 0);
	check(norm.channels == 3 && norm.mean[0] == 0.485 && norm.mean[1] == 0.456 &&
	      norm.mean[2] == 0.406);
	check(norm.std[0] == 0.229 && norm.std[1] == 0.224 && norm.std[2] == 0.225);
	check_int(lt_norm_parse(&norm, "half", 0, NULL), 0);
	check(norm.channels == 3 && norm.mean[2] == 0.5 && norm.std[0] == 0.5);
	check_int(lt_norm_parse(&norm, "0.1307/0.3081", 0, NULL), 0);
	check(norm.channels == 1 && norm.mean[0] == 0.1307 && norm.std[0] == 0.3081);
	check_int(lt_norm_parse(&norm, "0,0.25,1/1,5e-1,0.125", 0, NULL), 0);
	check(norm.channels == 3 && norm.mean[1] == 0.25 && norm.std[1] == 0.5 &&
	      norm.std[2] == 0.125);
}

static void test_refused(void)
{
	static const char *const bad[] = {"",
					  "/",
					  "imagenet ",
					  "Half",
					  "0.5",
					  "0.5/",
					  "/0.5",
					  "0.5,0.5/0.5",
					  "0.5/0.5/0.5",
					  "0.5,/0.5,",
					  "0.5/0",
					  "0.5/1e-7",
					  "0.5/1.5",
					  "-0.1/0.5",
					  "1.01/0.5",
					  "nan/0.5",
					  "0.5/nan",
					  "0.5/inf",
					  "123.675/58.39",
					  "0.5 /0.5",
					  "0x1/0.5",
					  "0.5,,0.5/1,1,1"};
	struct lt_norm norm = {.channels = 7};
	struct lt_error err = {0};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		check_named(lt_norm_parse(&norm, bad[i], 0, &err) == LT_USAGE && err.text[0] &&
				    norm.channels == 7,
			    bad[i]);
	check_int(lt_norm_parse(&norm, "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0/1", 0, &err),
		  LT_USAGE);
}

static void test_channels(void)
{
	struct lt_norm norm = {0};
	struct lt_error err;

	check_int(lt_norm_parse(&norm, "half", 1, &err), 0);
	check(norm.channels == 1 && norm.mean[0] == 0.5 && norm.std[0] == 0.5);
	check_int(lt_norm_parse(&norm, "imagenet", 1, &err), LT_USAGE);
	check(norm.channels == 1);
	check_int(lt_norm_parse(&norm, "0.5,0.5/1,1", 2, &err), 0);
	check_int(lt_norm_parse(&norm, "0.5,0.5/1,1", 3, &err), LT_USAGE);
}

int main(void)
{
	test_words();
	test_channels();
	test_refused();
	return check_done();
}
