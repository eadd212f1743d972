import { posix } from 'node:path'

/** The page that the site begins with; the README of the repository is one of the others. */
export const INDEX = 'docs/README.md'

/** Where a page of the repository stands in the site. */
export function addressOf(source: string): string {
  return source === INDEX ? 'index.html' : source.replace(/\.md$/, '.html')
}

/** The way from one page of the site to a file in it. */
export function wayTo(target: string, from: string): string {
  return posix.relative(posix.dirname(addressOf(from)), target)
}

/**
 * A link of a page as it is in the site.
 *
 * @param isPage the pages of the site
 * @param files gets what is linked and is no page: it is copied as it is
 */
export function linkInSite(
  link: string,
  source: string,
  { isPage, files }: { isPage: ReadonlySet<string>; files: Set<string> },
): string {
  if (/^(?:\w+:|#)/.test(link)) return link
  const [path = '', anchor] = link.split('#')
  const target = posix.normalize(posix.join(posix.dirname(source), path))
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (isPage.has(target)) return `${wayTo(addressOf(target), source)}${hash}`
  files.add(target)
  return wayTo(target, source)
}
