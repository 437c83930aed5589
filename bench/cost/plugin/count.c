// count is a plugin of qemu that counts the instructions executed in functions
// whose symbols begin with a prefix. At the end it prints one line a function:
// the number and the symbol.
//
//	gcc -shared -fPIC -O2 -o count.so count.c
//	qemu-aarch64 -plugin ./count.so,prefix=PREFIX -d plugin -D FILE PROGRAM
//
// It counts for programs that run these functions on one thread at a time.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is needed of qemu's interface for plugins, version 1 (since qemu 5.1).
// Not every package of qemu comes with the header.

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, enum qemu_plugin_op op,
                                                void *counter, uint64_t n);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*f)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*f)(qemu_plugin_id_t id, void *data), void *data);
void qemu_plugin_outs(const char *s);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

// A list, so that counters stay where they are.
static struct function {
	struct function *next;
	char *symbol;
	uint64_t n;
} *functions;

static const char *prefix = "";

static uint64_t *counter(const char *symbol)
{
	struct function *f;

	for (f = functions; f; f = f->next)
		if (!strcmp(f->symbol, symbol))
			return &f->n;
	f = calloc(1, sizeof *f);
	if (!f || !(f->symbol = strdup(symbol)))
		abort();
	f->next = functions;
	functions = f;
	return &f->n;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const char *symbol = qemu_plugin_insn_symbol(insn);

		if (symbol && !strncmp(symbol, prefix, strlen(prefix)))
			qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, counter(symbol), 1);
	}
}

static void ended(qemu_plugin_id_t id, void *data)
{
	for (struct function *f = functions; f; f = f->next) {
		char line[512];

		snprintf(line, sizeof line, "%" PRIu64 " %s\n", f->n, f->symbol);
		qemu_plugin_outs(line);
	}
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "prefix=", 7))
			prefix = strdup(argv[i] + 7);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
