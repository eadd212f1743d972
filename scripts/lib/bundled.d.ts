export function bundledPackages(repo: string): string[]
