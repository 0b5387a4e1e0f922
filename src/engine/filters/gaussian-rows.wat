;; A Gaussian in fixed point, row by row: down the columns, then along the row. Sixteen pixels at a time; weights are of 16
;; bits, two at a time. Addresses and lengths are in bytes.
(module
  (memory (export "memory") 1)

  ;; Writes $y for each sixteen pixels of a row that differ from those above them.
  (func (export "noteChanges")
    (param $row i32) (param $above i32) (param $length i32) (param $changes i32) (param $y i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $row) (local.get $length)))
    (loop $next
      (if (i32.eqz (i8x16.all_true (i8x16.eq (v128.load (local.get $row)) (v128.load (local.get $above)))))
        (then (i32.store (local.get $changes) (local.get $y))))
      (local.set $changes (i32.add (local.get $changes) (i32.const 4)))
      (local.set $above (i32.add (local.get $above) (i32.const 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $end)))))

  ;; Two lines, at $to and $below, of sums down the columns: 7 binary places, less 127.5 levels. The windows of both lie in
  ;; the rows from $rows; a row is added with one weight to the upper line, with that $lower bytes further to the lower
  ;; line. Where nothing changed after $steady all rows are the result.
  (func (export "blurColumns")
    (param $to i32) (param $below i32) (param $rows i32) (param $stride i32) (param $length i32)
    (param $weights i32) (param $weightsEnd i32) (param $lower i32)
    (param $changes i32) (param $steady i32) (param $first i32) (param $shift i32)
    (local $end i32) (local $row i32) (local $weight i32) (local $pair v128) (local $next v128)
    (local $a v128) (local $b v128) (local $both v128) (local $two v128)
    (local $upper0 v128) (local $upper1 v128) (local $upper2 v128) (local $upper3 v128)
    (local $lower0 v128) (local $lower1 v128) (local $lower2 v128) (local $lower3 v128)
    (local.set $end (i32.add (local.get $rows) (local.get $length)))
    (loop $group
      (if (i32.le_s (i32.load (local.get $changes)) (local.get $steady))
        (then
          (local.set $both (v128.load (local.get $rows)))
          (local.set $a
            (i16x8.sub (i16x8.shl (i16x8.extend_low_i8x16_u (local.get $both)) (i32.const 7)) (i16x8.splat (i32.const 16320))))
          (local.set $b
            (i16x8.sub (i16x8.shl (i16x8.extend_high_i8x16_u (local.get $both)) (i32.const 7)) (i16x8.splat (i32.const 16320))))
          (v128.store (local.get $to) (local.get $a))
          (v128.store offset=16 (local.get $to) (local.get $b))
          (v128.store (local.get $below) (local.get $a))
          (v128.store offset=16 (local.get $below) (local.get $b)))
        (else
          (local.set $upper0 (i32x4.splat (local.get $first)))
          (local.set $upper1 (local.get $upper0))
          (local.set $upper2 (local.get $upper0))
          (local.set $upper3 (local.get $upper0))
          (local.set $lower0 (local.get $upper0))
          (local.set $lower1 (local.get $upper0))
          (local.set $lower2 (local.get $upper0))
          (local.set $lower3 (local.get $upper0))
          (local.set $row (local.get $rows))
          (local.set $weight (local.get $weights))
          (loop $more
            (local.set $a (v128.load (local.get $row)))
            (local.set $b (v128.load (local.tee $row (i32.add (local.get $row) (local.get $stride)))))
            (local.set $pair (v128.load32_splat (local.get $weight)))
            (local.set $next (v128.load32_splat (i32.add (local.get $weight) (local.get $lower))))
            (local.set $both
              (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $a) (local.get $b)))
            (local.set $two (i16x8.extend_low_i8x16_u (local.get $both)))
            (local.set $upper0
              (i32x4.add (local.get $upper0) (i32x4.dot_i16x8_s (local.get $two) (local.get $pair))))
            (local.set $lower0
              (i32x4.add (local.get $lower0) (i32x4.dot_i16x8_s (local.get $two) (local.get $next))))
            (local.set $two (i16x8.extend_high_i8x16_u (local.get $both)))
            (local.set $upper1
              (i32x4.add (local.get $upper1) (i32x4.dot_i16x8_s (local.get $two) (local.get $pair))))
            (local.set $lower1
              (i32x4.add (local.get $lower1) (i32x4.dot_i16x8_s (local.get $two) (local.get $next))))
            (local.set $both
              (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $a) (local.get $b)))
            (local.set $two (i16x8.extend_low_i8x16_u (local.get $both)))
            (local.set $upper2
              (i32x4.add (local.get $upper2) (i32x4.dot_i16x8_s (local.get $two) (local.get $pair))))
            (local.set $lower2
              (i32x4.add (local.get $lower2) (i32x4.dot_i16x8_s (local.get $two) (local.get $next))))
            (local.set $two (i16x8.extend_high_i8x16_u (local.get $both)))
            (local.set $upper3
              (i32x4.add (local.get $upper3) (i32x4.dot_i16x8_s (local.get $two) (local.get $pair))))
            (local.set $lower3
              (i32x4.add (local.get $lower3) (i32x4.dot_i16x8_s (local.get $two) (local.get $next))))
            (local.set $row (i32.add (local.get $row) (local.get $stride)))
            (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
            (br_if $more (i32.lt_u (local.get $weight) (local.get $weightsEnd))))
          (v128.store (local.get $to)
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $upper0) (local.get $shift))
              (i32x4.shr_s (local.get $upper1) (local.get $shift))))
          (v128.store offset=16 (local.get $to)
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $upper2) (local.get $shift))
              (i32x4.shr_s (local.get $upper3) (local.get $shift))))
          (v128.store (local.get $below)
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $lower0) (local.get $shift))
              (i32x4.shr_s (local.get $lower1) (local.get $shift))))
          (v128.store offset=16 (local.get $below)
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $lower2) (local.get $shift))
              (i32x4.shr_s (local.get $lower3) (local.get $shift))))))
      (local.set $changes (i32.add (local.get $changes) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (local.set $below (i32.add (local.get $below) (i32.const 32)))
      (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
      (br_if $group (i32.lt_u (local.get $rows) (local.get $end)))))

  ;; For each sixteen values of a line of 16 bits, how many such groups up to it do not go on with the value before them.
  (func $countBreaks (param $line i32) (param $end i32) (param $counts i32)
    (local $count i32) (local $value v128)
    (local.set $value (v128.load16_splat (local.get $line)))
    (loop $next
      (if (i32.eqz
            (i16x8.all_true
              (v128.and
                (i16x8.eq (v128.load (local.get $line)) (local.get $value))
                (i16x8.eq (v128.load offset=16 (local.get $line)) (local.get $value)))))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $value (v128.load16_splat offset=30 (local.get $line)))))
      (i32.store (local.get $counts) (local.get $count))
      (local.set $counts (i32.add (local.get $counts) (i32.const 4)))
      (local.set $line (i32.add (local.get $line) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $line) (local.get $end)))))

  (func $fill (param $at i32) (param $end i32) (param $value v128)
    (loop $next
      (v128.store (local.get $at) (local.get $value))
      (v128.store offset=16 (local.get $at) (local.get $value))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end)))))

  ;; Sums along a line that `blurColumns` made, in bytes at $to. The line has a margin of $margin bytes on both sides, which
  ;; is filled here; the first pixel's window begins $reach bytes before it. Where all of a window is one value, that is the
  ;; result; the $counts of groups take four bytes for each 32 of the line. Weights are a multiple of four.
  (func (export "blurLine")
    (param $to i32) (param $line i32) (param $length i32) (param $margin i32) (param $reach i32)
    (param $weights i32) (param $weightsEnd i32) (param $counts i32) (param $shift i32)
    (local $end i32) (local $at i32) (local $weight i32) (local $span i32) (local $pair v128)
    (local $even0 v128) (local $odd0 v128) (local $even1 v128) (local $odd1 v128)
    (local.set $end (i32.add (local.get $line) (local.get $length)))
    (call $fill (i32.sub (local.get $line) (local.get $margin)) (local.get $line) (v128.load16_splat (local.get $line)))
    (call $fill (local.get $end) (i32.add (local.get $end) (local.get $margin))
      (v128.load16_splat (i32.sub (local.get $end) (i32.const 2))))
    (call $countBreaks
      (i32.sub (local.get $line) (local.get $margin)) (i32.add (local.get $end) (local.get $margin)) (local.get $counts))
    ;; From the count before the window's first group to that of its last.
    (local.set $span (i32.sub (i32.shr_u (local.get $margin) (i32.const 2)) (i32.const 4)))
    (loop $next
      (if (i32.eq (i32.load (local.get $counts)) (i32.load (i32.add (local.get $counts) (local.get $span))))
        (then
          (v128.store (local.get $to)
            (v128.xor (v128.const i32x4 0x80808080 0x80808080 0x80808080 0x80808080)
              (i8x16.narrow_i16x8_s
                (i16x8.shr_s (v128.load (local.get $line)) (i32.const 7))
                (i16x8.shr_s (v128.load offset=16 (local.get $line)) (i32.const 7))))))
        (else
          (local.set $even0 (v128.const i32x4 0 0 0 0))
          (local.set $odd0 (local.get $even0))
          (local.set $even1 (local.get $even0))
          (local.set $odd1 (local.get $even0))
          (local.set $at (i32.sub (local.get $line) (local.get $reach)))
          (local.set $weight (local.get $weights))
          (loop $more
            (local.set $pair (v128.load32_splat (local.get $weight)))
            (local.set $even0
              (i32x4.add (local.get $even0) (i32x4.dot_i16x8_s (v128.load (local.get $at)) (local.get $pair))))
            (local.set $odd0
              (i32x4.add (local.get $odd0) (i32x4.dot_i16x8_s (v128.load offset=2 (local.get $at)) (local.get $pair))))
            (local.set $even1
              (i32x4.add (local.get $even1) (i32x4.dot_i16x8_s (v128.load offset=16 (local.get $at)) (local.get $pair))))
            (local.set $odd1
              (i32x4.add (local.get $odd1) (i32x4.dot_i16x8_s (v128.load offset=18 (local.get $at)) (local.get $pair))))
            (local.set $pair (v128.load32_splat offset=4 (local.get $weight)))
            (local.set $even0
              (i32x4.add (local.get $even0) (i32x4.dot_i16x8_s (v128.load offset=4 (local.get $at)) (local.get $pair))))
            (local.set $odd0
              (i32x4.add (local.get $odd0) (i32x4.dot_i16x8_s (v128.load offset=6 (local.get $at)) (local.get $pair))))
            (local.set $even1
              (i32x4.add (local.get $even1) (i32x4.dot_i16x8_s (v128.load offset=20 (local.get $at)) (local.get $pair))))
            (local.set $odd1
              (i32x4.add (local.get $odd1) (i32x4.dot_i16x8_s (v128.load offset=22 (local.get $at)) (local.get $pair))))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
            (br_if $more (i32.lt_u (local.get $weight) (local.get $weightsEnd))))
          (local.set $even0
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $even0) (local.get $shift))
              (i32x4.shr_s (local.get $even1) (local.get $shift))))
          (local.set $odd0
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $odd0) (local.get $shift))
              (i32x4.shr_s (local.get $odd1) (local.get $shift))))
          (v128.store (local.get $to)
            (v128.xor (v128.const i32x4 0x80808080 0x80808080 0x80808080 0x80808080)
              (i8x16.narrow_i16x8_s
                (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $even0) (local.get $odd0))
                (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $even0) (local.get $odd0)))))))
      (local.set $counts (i32.add (local.get $counts) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (local.set $line (i32.add (local.get $line) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $line) (local.get $end)))))
)
