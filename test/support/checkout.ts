import { mkdirSync } from 'node:fs'
import { REPO } from '../../scripts/lib/repo.ts'
import { run } from './testbed.ts'

/**
 * A repository with the files of this one as they stand, committed or not, and what of it a user would never need left out.
 *
 * @returns its commit
 */
export function checkout(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const listed = run(['git', '-C', REPO, 'ls-files', '-co', '--exclude-standard', '-z'])
  const files = listed
    .split('\0')
    .filter((path) => path !== '' && !/^(?:bench|fixtures|test)\//.test(path))
  // A file may be gone since it was listed.
  const script =
    'cd "$1" && xargs -0 sh -c \'for f; do [ ! -f "$f" ] || printf "%s\\0" "$f"; done\' sh | tar --null -cf - -T - | tar -xf - -C "$2"'
  run(['sh', '-c', script, 'sh', REPO, folder], { input: files.join('\0') })
  return commit(folder)
}

/** Commits everything below a folder, and makes it a repository where it is none. */
export function commit(folder: string): string {
  const git = ['git', '-C', folder, '-c', 'user.name=Test', '-c', 'user.email=test@example.com']
  run([...git, 'init', '--quiet'])
  run([...git, 'add', '--all'])
  run([...git, 'commit', '--quiet', '--message', 'Files'])
  return run([...git, 'rev-parse', 'HEAD']).trim()
}
