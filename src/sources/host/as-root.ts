import { basename, dirname } from 'node:path'

/** Where sudo looks for programs, as distributions set it (`secure_path`); the PATH of its user does not count. */
const SUDO_PATH = /^(?:\/usr(?:\/local)?)?\/s?bin$/

/**
 * The command line that runs stella as root. From the home of a user, where sudo does not look, with its whole path.
 *
 * @param words what follows `stella`
 * @param started the path by which this process was started
 */
export function asRoot(words: string, started = process.argv[1] ?? ''): string {
  const isOwnName = /^stella(?:\.js)?$/.test(basename(started))
  const program = !isOwnName || SUDO_PATH.test(dirname(started)) ? 'stella' : started
  return ['sudo', program, words].filter((word) => word !== '').join(' ')
}
