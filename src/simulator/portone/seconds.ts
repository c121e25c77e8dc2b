/** An ISO instant as UNIX seconds, as this gateway prints every time; 0 stands for none. */
export function toSeconds(at: string | undefined): number {
  return at === undefined ? 0 : Math.floor(Date.parse(at) / 1000);
}
