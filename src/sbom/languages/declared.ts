/** Where lock files lie that speak of an application, and not of a package that brought its own along. */

const INSIDE_OF_PACKAGES =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor|cargo\/registry|cargo\/git|go\/pkg\/mod)\//

/** Published packages hold lock files of their own making: nothing of them was asked for here. */
export function isOfApplication(path: string): boolean {
  return !INSIDE_OF_PACKAGES.test(path)
}
