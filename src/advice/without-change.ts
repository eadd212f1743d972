import type { VerdictCode } from '../model/case.ts'

/** What helps where stella has nothing to change. */
export const WITHOUT_CHANGE: Readonly<Record<VerdictCode, string>> = {
  'oom-own-limit':
    'Nothing tells how high its limit is, so there is none to raise: name one with --limit.',
  'oom-ancestor-limit':
    'Nothing tells which limit above it was reached, so there is none to raise.',
  'oom-nested-limit':
    'Nothing tells which limit inside of it was reached, so there is none to raise.',
  'oom-host':
    'The machine ran out, not the container: raising a limit makes it worse. Give every container a limit, keep their sum below the memory of the machine, or move some of them.',
  'oom-numa':
    'The NUMA nodes it may use ran out: allow it more nodes. Its memory limit was not reached.',
  'oom-manual': 'Somebody called the OOM killer by hand (SysRq-f): there is nothing to repair.',
  'oom-no-victim':
    'The limit was reached and nothing could be killed: take the protection (oom_score_adj -1000) from what needs none.',
  'oom-panic':
    'The kernel was told to panic when memory runs out (vm.panic_on_oom): decide whether it shall, and keep the limits below the memory of the machine.',
  'oom-userspace':
    'A daemon such as systemd-oomd ended it before the kernel had to: relieve the machine, or give this one a preference there.',
  evicted:
    'The kubelet evicted it because the node ran short: give the pod a request that covers what it uses, and the node less to run. A higher limit changes nothing.',
  'runtime-out-of-memory':
    "The runtime gave up at its own maximum: raise that, and the container's limit with it where the two are close. A container limit alone changes nothing.",
  'killed-not-memory': 'It was not memory: somebody ended it. Ask who sent the signal, and why.',
  'killed-unknown': 'Who killed it is not known.',
  crashed: 'It ended by itself and not by memory: look into its own log.',
  exited: 'It ended normally: there is nothing to repair.',
  'hung-at-limit':
    'It hangs at its limit because the OOM killer is switched off for it: recreate it without --oom-kill-disable.',
  thrashing: 'It is held back by a soft limit (memory.high): raise that, or make it need less.',
  'at-risk': 'Nothing tells how high its limit is: name one with --limit.',
  healthy: 'Nothing threatens it: there is nothing to repair.',
}
