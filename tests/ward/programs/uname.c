/* Preloaded into programs that tell the network which kernel they run on: the ward's answer, not this machine's (uname(2)). */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int uname(struct utsname *name) {
  memset(name, 0, sizeof *name);
  strcpy(name->sysname, "Linux");
  strcpy(name->release, "6.1.0-ward");
  strcpy(name->version, "#1");
  strcpy(name->machine, "x86_64");
  return gethostname(name->nodename, sizeof name->nodename - 1);
}
