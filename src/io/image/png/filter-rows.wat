;; PNG filters (PNG specification, third edition, 9.2) and Adler-32 (RFC 1950) with 128-bit SIMD.
;; `npm run build:wasm` turns this file into filter-rows-wasm.ts.
(module
  (memory (export "memory") 1)

  ;; Absolute values of signed bytes, added in fours: the measure of the "minimum sum of absolute differences" heuristic.
  (func $sum_abs (param $bytes v128) (result v128)
    (i32x4.extadd_pairwise_i16x8_u
      (i16x8.extadd_pairwise_i8x16_u (i8x16.abs (local.get $bytes)))))

  (func $total (param $sums v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
      (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums)))))

  ;; Paeth predictor of a (left), b (above) and c (above left), in bytes:
  ;; |p - a| = |b - c|, |p - b| = |a - c|, |p - c| = |(b - c) + (a - c)|.
  ;; The last is the sum of the first two where both differences have one sign (it may saturate: it is not
  ;; the smallest then), else their difference.
  (func $paeth (param $a v128) (param $b v128) (param $c v128) (result v128)
    (local $b_over v128) (local $b_under v128) (local $a_over v128) (local $a_under v128)
    (local $pa v128) (local $pb v128) (local $pc v128) (local $same v128)
    (local.set $b_over (i8x16.sub_sat_u (local.get $b) (local.get $c)))
    (local.set $b_under (i8x16.sub_sat_u (local.get $c) (local.get $b)))
    (local.set $a_over (i8x16.sub_sat_u (local.get $a) (local.get $c)))
    (local.set $a_under (i8x16.sub_sat_u (local.get $c) (local.get $a)))
    (local.set $pa (v128.or (local.get $b_over) (local.get $b_under)))
    (local.set $pb (v128.or (local.get $a_over) (local.get $a_under)))
    ;; b >= c and a >= c, or b <= c and a <= c.
    (local.set $same
      (v128.or
        (i8x16.eq (v128.or (local.get $b_under) (local.get $a_under)) (v128.const i64x2 0 0))
        (i8x16.eq (v128.or (local.get $b_over) (local.get $a_over)) (v128.const i64x2 0 0))))
    (local.set $pc
      (v128.bitselect
        (i8x16.add_sat_u (local.get $pa) (local.get $pb))
        (v128.or
          (i8x16.sub_sat_u (local.get $pa) (local.get $pb))
          (i8x16.sub_sat_u (local.get $pb) (local.get $pa)))
        (local.get $same)))
    (v128.bitselect
      (local.get $a)
      (v128.bitselect (local.get $b) (local.get $c) (i8x16.le_u (local.get $pb) (local.get $pc)))
      (v128.and
        (i8x16.le_u (local.get $pa) (local.get $pb))
        (i8x16.le_u (local.get $pa) (local.get $pc)))))

  ;; The average filter's predictor: floor((a + b) / 2), where SIMD's average rounds up.
  (func $average (param $a v128) (param $b v128) (result v128)
    (i8x16.sub
      (i8x16.avgr_u (local.get $a) (local.get $b))
      (v128.and (v128.xor (local.get $a) (local.get $b)) (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1))))

  ;; Filters one row in each of the five ways and returns the type whose sum of absolute differences is smallest,
  ;; the first of equals.
  ;;
  ;; `row` and `above` point at `length` bytes with at least `bpp` zero bytes before them; both may be read up
  ;; to 15 bytes beyond their end. The five candidates are written to `out`, `stride` bytes apart (a multiple of 16, at least
  ;; length + 16), in the order of their types: none, sub, up, average, Paeth.
  (func $filter_row
    (param $row i32) (param $above i32) (param $length i32) (param $bpp i32) (param $out i32) (param $stride i32)
    (result i32)
    (local $i i32) (local $mask v128) (local $left i32) (local $at i32)
    (local $x v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $none v128) (local $sub v128) (local $up v128) (local $avg v128) (local $pae v128)
    (local $best i32) (local $least i32) (local $sum i32)
    (local.set $mask (v128.const i64x2 -1 -1))
    (block $end
      (loop $next
        (br_if $end (i32.ge_s (local.get $i) (local.get $length)))
        ;; Of the last block only the bytes of the row count.
        (local.set $left (i32.sub (local.get $length) (local.get $i)))
        (if (i32.lt_s (local.get $left) (i32.const 16))
          (then
            (local.set $mask
              (i8x16.lt_u
                (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
                (i8x16.splat (local.get $left))))))
        (local.set $x (v128.load (i32.add (local.get $row) (local.get $i))))
        (local.set $b (v128.load (i32.add (local.get $above) (local.get $i))))
        (local.set $a (v128.load (i32.sub (i32.add (local.get $row) (local.get $i)) (local.get $bpp))))
        (local.set $c (v128.load (i32.sub (i32.add (local.get $above) (local.get $i)) (local.get $bpp))))
        (local.set $at (i32.add (local.get $out) (local.get $i)))

        (v128.store (local.get $at) (local.get $x))
        (local.set $none
          (i32x4.add (local.get $none) (call $sum_abs (v128.and (local.get $x) (local.get $mask)))))

        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (i8x16.sub (local.get $x) (local.get $a)))
        (v128.store (local.get $at) (local.get $d))
        (local.set $sub
          (i32x4.add (local.get $sub) (call $sum_abs (v128.and (local.get $d) (local.get $mask)))))

        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (i8x16.sub (local.get $x) (local.get $b)))
        (v128.store (local.get $at) (local.get $d))
        (local.set $up
          (i32x4.add (local.get $up) (call $sum_abs (v128.and (local.get $d) (local.get $mask)))))

        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (i8x16.sub (local.get $x) (call $average (local.get $a) (local.get $b))))
        (v128.store (local.get $at) (local.get $d))
        (local.set $avg
          (i32x4.add (local.get $avg) (call $sum_abs (v128.and (local.get $d) (local.get $mask)))))

        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (i8x16.sub (local.get $x) (call $paeth (local.get $a) (local.get $b) (local.get $c))))
        (v128.store (local.get $at) (local.get $d))
        (local.set $pae
          (i32x4.add (local.get $pae) (call $sum_abs (v128.and (local.get $d) (local.get $mask)))))

        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br $next)))

    (local.set $least (call $total (local.get $none)))
    (local.set $sum (call $total (local.get $sub)))
    (if (i32.lt_u (local.get $sum) (local.get $least))
      (then (local.set $least (local.get $sum)) (local.set $best (i32.const 1))))
    (local.set $sum (call $total (local.get $up)))
    (if (i32.lt_u (local.get $sum) (local.get $least))
      (then (local.set $least (local.get $sum)) (local.set $best (i32.const 2))))
    (local.set $sum (call $total (local.get $avg)))
    (if (i32.lt_u (local.get $sum) (local.get $least))
      (then (local.set $least (local.get $sum)) (local.set $best (i32.const 3))))
    (local.set $sum (call $total (local.get $pae)))
    (if (i32.lt_u (local.get $sum) (local.get $least))
      (then (local.set $best (i32.const 4))))
    (local.get $best))

  ;; Filters one row with the filter of a type from 0 to 4. `row` and `above` as for $filter_row; up to 15 bytes beyond
  ;; `length` are written to `out`.
  (func $apply_filter
    (param $row i32) (param $above i32) (param $length i32) (param $bpp i32) (param $type i32) (param $out i32)
    (local $i i32) (local $a v128) (local $b v128) (local $p v128)
    (block $end
      (loop $next
        (br_if $end (i32.ge_s (local.get $i) (local.get $length)))
        (local.set $a (v128.load (i32.sub (i32.add (local.get $row) (local.get $i)) (local.get $bpp))))
        (local.set $b (v128.load (i32.add (local.get $above) (local.get $i))))
        (block $predicted
          (local.set $p (v128.const i64x2 0 0))
          (br_if $predicted (i32.eqz (local.get $type)))
          (local.set $p (local.get $a))
          (br_if $predicted (i32.eq (local.get $type) (i32.const 1)))
          (local.set $p (local.get $b))
          (br_if $predicted (i32.eq (local.get $type) (i32.const 2)))
          (local.set $p (call $average (local.get $a) (local.get $b)))
          (br_if $predicted (i32.eq (local.get $type) (i32.const 3)))
          (local.set $p
            (call $paeth
              (local.get $a) (local.get $b)
              (v128.load (i32.sub (i32.add (local.get $above) (local.get $i)) (local.get $bpp))))))
        (v128.store
          (i32.add (local.get $out) (local.get $i))
          (i8x16.sub (v128.load (i32.add (local.get $row) (local.get $i))) (local.get $p)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br $next))))

  ;; Filters `rows` rows that stand packed at `rows_at`, the row above the first of them before them.
  ;; A row of the result is a byte for the type of its filter and its `length` filtered bytes.
  ;; `type` 0 to 4 is used for every row; 5 lets each row choose.
  ;; `scratch` has space for 7 * stride + 32 bytes: two rows with zeros before them, then the candidates.
  (func (export "filterRows")
    (param $rows_at i32) (param $rows i32) (param $length i32) (param $bpp i32) (param $type i32)
    (param $scratch i32) (param $stride i32) (param $out i32)
    (local $chosen i32) (local $row i32) (local $above i32) (local $swap i32) (local $candidates i32)
    (local.set $above (i32.add (local.get $scratch) (i32.const 16)))
    (local.set $row (i32.add (local.get $above) (i32.add (local.get $stride) (i32.const 16))))
    (local.set $candidates (i32.add (local.get $row) (local.get $stride)))
    (v128.store (local.get $scratch) (v128.const i64x2 0 0))
    (v128.store (i32.sub (local.get $row) (i32.const 16)) (v128.const i64x2 0 0))
    (memory.copy (local.get $above) (i32.sub (local.get $rows_at) (local.get $length)) (local.get $length))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $rows)))
        (memory.copy (local.get $row) (local.get $rows_at) (local.get $length))
        (if (i32.lt_u (local.get $type) (i32.const 5))
          (then
            (i32.store8 (local.get $out) (local.get $type))
            (call $apply_filter
              (local.get $row) (local.get $above) (local.get $length) (local.get $bpp)
              (local.get $type) (i32.add (local.get $out) (i32.const 1))))
          (else
            (local.set $chosen
              (call $filter_row
                (local.get $row) (local.get $above) (local.get $length) (local.get $bpp)
                (local.get $candidates) (local.get $stride)))
            (i32.store8 (local.get $out) (local.get $chosen))
            (memory.copy
              (i32.add (local.get $out) (i32.const 1))
              (i32.add (local.get $candidates) (i32.mul (local.get $chosen) (local.get $stride)))
              (local.get $length))))
        (local.set $out (i32.add (local.get $out) (i32.add (local.get $length) (i32.const 1))))
        (local.set $rows_at (i32.add (local.get $rows_at) (local.get $length)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (local.set $swap (local.get $row))
        (local.set $row (local.get $above))
        (local.set $above (local.get $swap))
        (br $next))))

  ;; Adler-32 of `length` bytes, begun with 1. Sums are reduced every 5552 bytes, before they overflow.
  (func (export "adler32") (param $at i32) (param $length i32) (result i32)
    (local $s1 i32) (local $s2 i32) (local $end i32) (local $blocks i32)
    (local $sums v128) (local $before v128) (local $weighted v128) (local $x v128)
    (local.set $s1 (i32.const 1))
    (block $done
      (loop $chunk
        (br_if $done (i32.lt_u (local.get $length) (i32.const 16)))
        (local.set $blocks
          (i32.shr_u
            (select (local.get $length) (i32.const 5552) (i32.lt_u (local.get $length) (i32.const 5552)))
            (i32.const 4)))
        (local.set $length (i32.sub (local.get $length) (i32.shl (local.get $blocks) (i32.const 4))))
        (local.set $end (i32.add (local.get $at) (i32.shl (local.get $blocks) (i32.const 4))))
        (local.set $s2 (i32.add (local.get $s2) (i32.mul (i32.shl (local.get $blocks) (i32.const 4)) (local.get $s1))))
        (local.set $sums (v128.const i64x2 0 0))
        (local.set $before (v128.const i64x2 0 0))
        (local.set $weighted (v128.const i64x2 0 0))
        (loop $block
          (local.set $x (v128.load (local.get $at)))
          (local.set $before (i32x4.add (local.get $before) (local.get $sums)))
          (local.set $sums
            (i32x4.add (local.get $sums)
              (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $x)))))
          (local.set $weighted
            (i32x4.add (local.get $weighted)
              (i32x4.add
                (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_u (local.get $x)) (v128.const i16x8 16 15 14 13 12 11 10 9))
                (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_u (local.get $x)) (v128.const i16x8 8 7 6 5 4 3 2 1)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $block (i32.lt_u (local.get $at) (local.get $end))))
        (local.set $s1 (i32.rem_u (i32.add (local.get $s1) (call $total (local.get $sums))) (i32.const 65521)))
        (local.set $s2
          (i32.rem_u
            (i32.add
              (i32.add (local.get $s2) (i32.shl (call $total (local.get $before)) (i32.const 4)))
              (call $total (local.get $weighted)))
            (i32.const 65521)))
        (br $chunk)))
    (block $finished
      (loop $byte
        (br_if $finished (i32.eqz (local.get $length)))
        (local.set $s1 (i32.add (local.get $s1) (i32.load8_u (local.get $at))))
        (local.set $s2 (i32.add (local.get $s2) (local.get $s1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $byte)))
    (i32.or
      (i32.shl (i32.rem_u (local.get $s2) (i32.const 65521)) (i32.const 16))
      (i32.rem_u (local.get $s1) (i32.const 65521))))
)
