/*
 * One sleeping process in each of the groups whose folders come in on standard input, a line each:
 * cc -O1 -static -o sleepers sleepers.c
 * Says "ready" when all sleep, and ends them and itself when standard input ends.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void sleep_in(const char *folder)
{
	char path[4096];
	int file;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
	file = open(path, O_WRONLY);
	if (file < 0 || write(file, "0", 1) != 1) {
		perror(path);
		_exit(1);
	}
	close(file);
	/* Its death would be silent: the one who counts sees that it is missing. */
	for (;;)
		pause();
}

int main(void)
{
	char folder[4096];
	pid_t group = getpid();

	setpgid(0, 0);
	while (fgets(folder, sizeof(folder), stdin)) {
		folder[strcspn(folder, "\n")] = 0;
		if (!*folder)
			break;
		if (fork() == 0)
			sleep_in(folder);
	}
	puts("ready");
	fflush(stdout);
	while (fgets(folder, sizeof(folder), stdin))
		;
	signal(SIGTERM, SIG_IGN);
	kill(-group, SIGKILL);
	return 0;
}
