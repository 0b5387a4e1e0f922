/** Whether all values are 0 or 255. */
export function isBinary(data: Uint8Array): boolean {
  let odd = 0;
  for (let i = 0; i < data.length; i++) {
    // 0 and 255 are the values that 1 more leaves without bits 1 to 7.
    odd |= (data[i]! + 1) & 254;
  }
  return odd === 0;
}
