;; The tokens of deflate (RFC 1951), found as zlib finds them with Z_RLE: literals, and repetitions of the byte before, of
;; 8 to 258 bytes. They are looked for at every eighth byte after the last one only.
;;
;; Memory:    0  256 entries for literals: the bits of the code, and their number in the highest byte
;;         1024  259 entries for repetitions, by their length: code, extra bits and distance
;;         4096  256 counts of literals
;;         5120  259 counts of repetitions, by their length
;; The data follows after the byte that goes before it.
(module
  (memory (export "memory") 1)

  ;; How many bytes at $at are the byte in all lanes of $same: 8, which are known to be, to 258.
  (func $run_length (param $at i32) (param $end i32) (param $same i64) (result i32)
    (local $length i32)
    (local.set $length (i32.const 8))
    (block $end_of_eights
      (loop $eight
        (br_if $end_of_eights (i32.gt_u (local.get $length) (i32.const 250)))
        (br_if $end_of_eights
          (i32.gt_u (i32.add (i32.add (local.get $at) (local.get $length)) (i32.const 8)) (local.get $end)))
        (br_if $end_of_eights
          (i64.ne (i64.load (i32.add (local.get $at) (local.get $length))) (local.get $same)))
        (local.set $length (i32.add (local.get $length) (i32.const 8)))
        (br $eight)))
    (block $end_of_bytes
      (loop $byte
        (br_if $end_of_bytes (i32.ge_u (local.get $length) (i32.const 258)))
        (br_if $end_of_bytes (i32.ge_u (i32.add (local.get $at) (local.get $length)) (local.get $end)))
        (br_if $end_of_bytes
          (i32.ne
            (i32.load8_u (i32.add (local.get $at) (local.get $length)))
            (i32.and (i32.wrap_i64 (local.get $same)) (i32.const 255))))
        (local.set $length (i32.add (local.get $length) (i32.const 1)))
        (br $byte)))
    (local.get $length))

  ;; Adds up how often each token occurs from $at to $end. Of the groups of eight literals every fourth is counted, by four.
  (func (export "countTokens") (param $at i32) (param $end i32)
    (local $v i64) (local $same i64) (local $length i32) (local $place i32) (local $group i32)
    (block $tail
      (loop $next
        (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $v (i64.load (local.get $at)))
        (local.set $same
          (i64.mul (i64.load8_u (i32.sub (local.get $at) (i32.const 1))) (i64.const 0x0101010101010101)))
        (if (i64.eq (local.get $v) (local.get $same))
          (then
            (local.set $length
              (call $run_length (local.get $at) (local.get $end) (local.get $same)))
            (local.set $place (i32.shl (local.get $length) (i32.const 2)))
            (i32.store offset=5120 (local.get $place) (i32.add (i32.load offset=5120 (local.get $place)) (i32.const 1)))
            (local.set $at (i32.add (local.get $at) (local.get $length))))
          (else
            (if (i32.eqz (i32.and (local.get $group) (i32.const 3)))
              (then
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (local.get $v)) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 8))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 16))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 24))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 32))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 40))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 48))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
                (local.set $place (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 56))) (i32.const 255)) (i32.const 2)))
                (i32.store offset=4096 (local.get $place) (i32.add (i32.load offset=4096 (local.get $place)) (i32.const 4)))
              ))
            (local.set $group (i32.add (local.get $group) (i32.const 1)))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))))
        (br $next))))

  ;; Writes the codes of the tokens from $at to $end at a position in bits, and gives the position after them.
  (func (export "writeTokens") (param $at i32) (param $end i32) (param $position i32) (result i32)
    (local $v i64) (local $same i64) (local $length i32) (local $entry i32)
    (local $bits i64) (local $n i32) (local $out i32)
    (local.set $out (i32.shr_u (local.get $position) (i32.const 3)))
    (local.set $n (i32.and (local.get $position) (i32.const 7)))
    (local.set $bits
      (i64.and
        (i64.load8_u (local.get $out))
        (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $n))) (i64.const 1))))
    (block $tail
      (loop $next
        (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $v (i64.load (local.get $at)))
        (local.set $same
          (i64.mul (i64.load8_u (i32.sub (local.get $at) (i32.const 1))) (i64.const 0x0101010101010101)))
        (if (i64.eq (local.get $v) (local.get $same))
          (then
            (local.set $length
              (call $run_length (local.get $at) (local.get $end) (local.get $same)))
            (local.set $entry (i32.load offset=1024 (i32.shl (local.get $length) (i32.const 2))))
            (local.set $at (i32.add (local.get $at) (local.get $length)))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (i64.store (local.get $out) (local.get $bits))
            (local.set $out (i32.add (local.get $out) (i32.shr_u (local.get $n) (i32.const 3))))
            (local.set $bits (i64.shr_u (local.get $bits) (i64.extend_i32_u (i32.and (local.get $n) (i32.const 56)))))
            (local.set $n (i32.and (local.get $n) (i32.const 7))))
          (else
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (local.get $v)) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 8))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 16))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 24))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (i64.store (local.get $out) (local.get $bits))
            (local.set $out (i32.add (local.get $out) (i32.shr_u (local.get $n) (i32.const 3))))
            (local.set $bits (i64.shr_u (local.get $bits) (i64.extend_i32_u (i32.and (local.get $n) (i32.const 56)))))
            (local.set $n (i32.and (local.get $n) (i32.const 7)))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 32))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 40))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 48))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (local.set $entry (i32.load (i32.shl (i32.and (i32.wrap_i64 (i64.shr_u (local.get $v) (i64.const 56))) (i32.const 255)) (i32.const 2))))
            (local.set $bits
              (i64.or (local.get $bits)
                (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
            (i64.store (local.get $out) (local.get $bits))
            (local.set $out (i32.add (local.get $out) (i32.shr_u (local.get $n) (i32.const 3))))
            (local.set $bits (i64.shr_u (local.get $bits) (i64.extend_i32_u (i32.and (local.get $n) (i32.const 56)))))
            (local.set $n (i32.and (local.get $n) (i32.const 7)))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))))
        (br $next)))
    (block $finished
      (loop $byte
        (br_if $finished (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $entry (i32.load (i32.shl (i32.load8_u (local.get $at)) (i32.const 2))))
        (local.set $bits
          (i64.or (local.get $bits)
            (i64.shl (i64.extend_i32_u (i32.and (local.get $entry) (i32.const 0xffffff))) (i64.extend_i32_u (local.get $n)))))
        (local.set $n (i32.add (local.get $n) (i32.shr_u (local.get $entry) (i32.const 24))))
        (i64.store (local.get $out) (local.get $bits))
        (local.set $out (i32.add (local.get $out) (i32.shr_u (local.get $n) (i32.const 3))))
        (local.set $bits (i64.shr_u (local.get $bits) (i64.extend_i32_u (i32.and (local.get $n) (i32.const 56)))))
        (local.set $n (i32.and (local.get $n) (i32.const 7)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (i64.store (local.get $out) (local.get $bits))
    (i32.add (i32.shl (local.get $out) (i32.const 3)) (local.get $n)))
)
