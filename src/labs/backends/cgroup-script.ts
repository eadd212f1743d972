/** The script that starts a workload in a memory group. */
import type { Workload } from '../lab.ts'
import { quoted, reservationLine, settingLines, swapLine } from './backend.ts'

export interface GroupScript {
  title: string
  version: 1 | 2
  /** Of the hierarchy. */
  mount: string
  group: string
  files: GroupFiles
  places: { cache: string; disk: string }
  workload: Workload
  argv: readonly string[]
  /** Milliseconds. */
  endsAt: number
}

/** What it leaves beside the group. */
export interface GroupFiles {
  log: string
  /** Its exit code, once it has ended. */
  ended: string
  restarts: string
}

/** A keeper waits for the program, outside of its limit, and writes down how it ended. */
export function groupScript(plan: GroupScript): string {
  const { workload, group, files, places } = plan
  const cap = workload.tmpfs?.capBytes
  return `#!/bin/sh
# Starts ${plan.title} in a memory group of its own; what ran there before is ended.
# Change what stands in capitals, and run it again.
set -eu
LIMIT=${workload.limitBytes ?? 0}            # bytes; 0: none
${swapLine(workload)}${reservationLine(workload)}${workload.oomKill ? '' : 'OOM_KILL=no         # yes: at its limit the kernel kills\n'}RESTART=${workload.restarts ? 'yes' : 'no'}
${workload.tmpfs === null ? '' : `CACHE_SIZE=${cap ?? 0}       # of its tmpfs, bytes; 0: no end\n`}${settingLines(workload).join('')}
group=${quoted(group)}
keeper=${quoted(group.replace(/(?<![^/])[^/]+$/, 'keeper-$&'))}
cache=${quoted(places.cache)}

end() {
  while pids=$(cat "$1/cgroup.procs" 2>/dev/null) && [ -n "$pids" ]; do
    kill -9 $pids 2>/dev/null || :
    sleep 0.1
  done
  # A new group begins to count anew.
  while [ -d "$1" ] && ! rmdir "$1" 2>/dev/null; do sleep 0.1; done
}
end "$keeper"
end "$group"
mkdir -p "$cache" ${quoted(places.disk)}
${plan.version === 1 ? V1_LIMIT : v2Limit(plan.mount)}
${(workload.swap === null ? NO_SWAP : SWAP_LIMIT)[plan.version]}${workload.reservationBytes === null ? '' : `echo "$RESERVATION" >"$group/${plan.version === 1 ? 'memory.soft_limit_in_bytes' : 'memory.low'}"\n`}${workload.oomKill ? '' : killingOff(plan.endsAt)}ended=${quoted(files.ended)}
restarts=${quoted(files.restarts)}
rm -f "$ended"
echo 0 >"$restarts"
export group keeper cache ended restarts ${['RESTART', ...(workload.oomKill ? [] : ['left']), ...(workload.tmpfs === null ? [] : ['CACHE_SIZE']), ...Object.keys(workload.settings)].join(' ')}
setsid sh -c '
  # Removed before it came to life: nobody would ever end it.
  echo $$ >"$keeper/cgroup.procs" || exit 1
  starts=0
  while :; do
    ${workload.oomKill ? '' : 'timeout -s KILL "$left" '}${workload.tmpfs === null ? '' : 'unshare -m '}sh -c '\\''
      ${workload.tmpfs === null ? '' : 'mount -t tmpfs -o size=$CACHE_SIZE tmpfs "$cache"\n      '}echo $$ >"$group/cgroup.procs" && echo ${workload.adj} >/proc/self/oom_score_adj && exec "$@"
    '\\'' sh "$@" && code=0 || code=$?
    echo "ended with $code"
    [ "$RESTART" = yes ] && [ $code -ne 0 ] || break
    starts=$((starts + 1))
    echo $starts >"$restarts"
    sleep 1
  done
  echo $code >"$ended"
' sh ${plan.argv.map(quoted).join(' ')} >${quoted(files.log)} 2>&1 </dev/null &
# Whoever ends this group has to find the keeper in its own.
while [ -d "$keeper" ] && [ ! -f "$ended" ] && ! grep -q . "$keeper/cgroup.procs"; do sleep 0.02; done
`
}

/** The sum of memory and swap may never be below the limit: it goes first, and comes last. */
const V1_LIMIT = `mkdir -p "$group" "$keeper"
[ "$LIMIT" != 0 ] || LIMIT=-1
[ ! -f "$group/memory.memsw.limit_in_bytes" ] || echo -1 >"$group/memory.memsw.limit_in_bytes"
echo "$LIMIT" >"$group/memory.limit_in_bytes"`

/** Who waits for memory does not look at the clock: somebody outside has to end it. */
function killingOff(endsAt: number): string {
  return `[ "$OOM_KILL" = yes ] || echo 1 >"$group/memory.oom_control"
left=$((${Math.ceil(endsAt / 1_000)} - $(date +%s)))
[ $left -gt 0 ] || left=1
`
}

const NO_SWAP = {
  1: `[ ! -f "$group/memory.memsw.limit_in_bytes" ] || echo "$LIMIT" >"$group/memory.memsw.limit_in_bytes"
`,
  2: `[ ! -f "$group/memory.swap.max" ] || echo 0 >"$group/memory.swap.max"
`,
} as const

/** As engines do it: what is not said is as much again, and 0 is not said. */
const SWAP_LIMIT = {
  1: `case "$LIMIT $SWAP" in
  -1*|*' -1') both=-1 ;;
  *' '|*' 0') both=$((LIMIT * 2)) ;;
  *) both=$SWAP ;;
esac
echo "$both" >"$group/memory.memsw.limit_in_bytes"
`,
  2: `case "$LIMIT $SWAP" in
  max*|*' -1') swap=max ;;
  *' '|*' 0') swap=$LIMIT ;;
  *) swap=$((SWAP - LIMIT)) ;;
esac
echo "$swap" >"$group/memory.swap.max"
`,
} as const

/** A group has files of memory only where all above it pass the controller on. cgroup-v2.rst, "Enabling and Disabling" */
function v2Limit(mount: string): string {
  return `lab=$(dirname "$group")
mkdir -p "$lab"
for above in ${quoted(mount)} "$lab"; do
  grep -q memory "$above/cgroup.subtree_control" || echo +memory >"$above/cgroup.subtree_control"
done
mkdir -p "$group" "$keeper"
[ "$LIMIT" != 0 ] || LIMIT=max
echo "$LIMIT" >"$group/memory.max"`
}
