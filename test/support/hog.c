/*
 * A program that takes memory on command, for tests that need a real out-of-memory kill.
 * Built static, so that it runs in an image without a C library: cc -O1 -static -o hog hog.c
 *
 *   hog WORD...    the words are done from left to right
 *   anon=SIZE      touch SIZE of anonymous memory           file=PATH,SIZE  write SIZE to a file (page cache, tmpfs)
 *   read=PATH      read a file to its end                   grow=STEP,MS,MAX  anonymous memory, STEP every MS, up to MAX
 *   child=SIZE     a child touches SIZE; wait for it and say how it ended
 *   name=COMM      the task's name                          say=TEXT        a line on standard output
 *   sleep=MS       wait                                     exit=CODE       end
 *   stay           wait for a signal; SIGTERM ends it with 0 also where it is PID 1
 * SIZE takes K, M and G (binary).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static size_t size_of(const char *text)
{
	char *unit;
	double value = text ? strtod(text, &unit) : 0;

	if (!text)
		return 0;
	switch (*unit) {
	case 'G': value *= 1024; /* fall through */
	case 'M': value *= 1024; /* fall through */
	case 'K': value *= 1024;
	}
	return (size_t)value;
}

static void wait_ms(long ms)
{
	struct timespec pause = { ms / 1000, (ms % 1000) * 1000000 };

	while (nanosleep(&pause, &pause) && errno == EINTR)
		;
}

/* Every page gets its own content, so that neither zero pages nor same-page merging can save memory. */
static void touch(size_t size)
{
	static unsigned seed = 1;
	char *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED) {
		perror("hog: mmap");
		exit(12);
	}
	for (size_t at = 0; at < size; at += 4096)
		for (size_t word = 0; word < 4096; word += 64)
			*(unsigned *)(block + at + word) = seed = seed * 1664525 + 1013904223;
}

static void write_file(const char *path, size_t size)
{
	static char block[1 << 16];
	int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (file < 0) {
		perror(path);
		exit(1);
	}
	memset(block, 'x', sizeof(block));
	for (size_t done = 0; done < size; done += sizeof(block))
		if (write(file, block, sizeof(block)) < 0) {
			perror(path);
			break;
		}
	close(file);
}

static void read_file(const char *path)
{
	static char block[1 << 16];
	int file = open(path, O_RDONLY);

	if (file < 0) {
		perror(path);
		exit(1);
	}
	while (read(file, block, sizeof(block)) > 0)
		;
	close(file);
}

static void run_child(size_t size)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_NAME, "hog-child");
		touch(size);
		pause();
		_exit(0);
	}
	if (child < 0) {
		perror("hog: fork");
		exit(12);
	}
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		printf("child %d killed by signal %d\n", child, WTERMSIG(status));
	else
		printf("child %d ended with %d\n", child, WEXITSTATUS(status));
}

static void end(int signal)
{
	(void)signal;
	_exit(0);
}

int main(int count, char **words)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < count; i++) {
		char *value = strchr(words[i], '=');
		char *second = NULL, *third = NULL;

		if (value)
			*value++ = 0;
		if (value && strcmp(words[i], "say")) {
			second = strchr(value, ',');
			if (second)
				*second++ = 0;
			third = second ? strchr(second, ',') : NULL;
			if (third)
				*third++ = 0;
		}
		if (!strcmp(words[i], "anon"))
			touch(size_of(value));
		else if (!strcmp(words[i], "grow"))
			for (size_t held = 0; held < size_of(third); held += size_of(value)) {
				touch(size_of(value));
				wait_ms(atol(second));
			}
		else if (!strcmp(words[i], "file"))
			write_file(value, size_of(second));
		else if (!strcmp(words[i], "read"))
			read_file(value);
		else if (!strcmp(words[i], "child"))
			run_child(size_of(value));
		else if (!strcmp(words[i], "name"))
			prctl(PR_SET_NAME, value);
		else if (!strcmp(words[i], "say"))
			puts(value);
		else if (!strcmp(words[i], "sleep"))
			wait_ms(atol(value));
		else if (!strcmp(words[i], "exit"))
			return atoi(value);
		else if (!strcmp(words[i], "stay")) {
			signal(SIGTERM, end);
			for (;;)
				pause();
		} else {
			fprintf(stderr, "hog: unknown word %s\n", words[i]);
			return 2;
		}
	}
	return 0;
}
