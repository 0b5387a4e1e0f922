;; Distances to the nearest selected pixel: down and up the columns, eight values of 16 bits at a time, then along each row.
;; Addresses and lengths are in bytes, other numbers in pixels. See lower-envelope.ts.
(module
  (memory (export "memory") 1)

  ;; One row of distances down from the nearest selected pixel (values from 128), at most $cap, from that above it.
  (func (export "stepDown")
    (param $data i32) (param $above i32) (param $to i32) (param $width i32) (param $cap i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $data) (local.get $width)))
    (loop $next
      (v128.store (local.get $to)
        (v128.andnot
          (i16x8.min_u
            (i16x8.add_sat_u (v128.load (local.get $above)) (i16x8.splat (i32.const 1)))
            (i16x8.splat (local.get $cap)))
          (i16x8.shr_s (i16x8.extend_low_i8x16_s (v128.load64_zero (local.get $data))) (i32.const 7))))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (local.set $above (i32.add (local.get $above) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $data (i32.add (local.get $data) (i32.const 8))) (local.get $end)))))

  ;; $below becomes the distances up to the nearest selected pixel below, from those of the next row; $drops the lesser of
  ;; both.
  (func (export "stepUp")
    (param $above i32) (param $below i32) (param $drops i32) (param $width i32) (param $cap i32)
    (local $end i32) (local $up v128) (local $down v128)
    (local.set $end (i32.add (local.get $above) (i32.shl (local.get $width) (i32.const 1))))
    (loop $next
      (local.set $up (v128.load (local.get $above)))
      (local.set $down
        (v128.andnot
          (i16x8.min_u
            (i16x8.add_sat_u (v128.load (local.get $below)) (i16x8.splat (i32.const 1)))
            (i16x8.splat (local.get $cap)))
          (i16x8.eq (local.get $up) (v128.const i32x4 0 0 0 0))))
      (v128.store (local.get $below) (local.get $down))
      (v128.store (local.get $drops) (i16x8.min_u (local.get $up) (local.get $down)))
      (local.set $below (i32.add (local.get $below) (i32.const 16)))
      (local.set $drops (i32.add (local.get $drops) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $above (i32.add (local.get $above) (i32.const 16))) (local.get $end)))))

  ;; The first place from $x on, or $width, whose drop is not $drop.
  (func $endOfRun (param $drops i32) (param $x i32) (param $width i32) (param $drop i32) (result i32)
    (block $done
      (loop $next
        (br_if $done
          (i32.or
            (i32.gt_u (i32.add (local.get $x) (i32.const 8)) (local.get $width))
            (i32.eqz
              (i16x8.all_true
                (i16x8.eq
                  (v128.load (i32.add (local.get $drops) (i32.shl (local.get $x) (i32.const 1))))
                  (i16x8.splat (local.get $drop)))))))
        (local.set $x (i32.add (local.get $x) (i32.const 8)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $width)))
        (br_if $done
          (i32.ne
            (i32.load16_u (i32.add (local.get $drops) (i32.shl (local.get $x) (i32.const 1))))
            (local.get $drop)))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br $next)))
    (local.get $x))

  ;; The stretches of a row: i32 at $columns and $starts, and for this function alone i64 at $heights, what a parabola has at
  ;; place 0. Returns the address behind the last of $columns.
  (func (export "findStretches")
    (param $drops i32) (param $width i32) (param $cap i32) (param $columns i32) (param $starts i32) (param $heights i32)
    (result i32)
    (local $x i32) (local $drop i32) (local $start i32) (local $top i32) (local $gap i32) (local $toStarts i32)
    (local $height i64) (local $rise i64)
    ;; Entry $top of the others lies at these distances from it in $columns, at twice the second.
    (local.set $toStarts (i32.sub (local.get $starts) (local.get $columns)))
    (local.set $top (i32.sub (local.get $columns) (i32.const 4)))
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $x) (local.get $width)))
        (local.set $drop (i32.load16_u (i32.add (local.get $drops) (i32.shl (local.get $x) (i32.const 1)))))
        (if (i32.eq (local.get $drop) (local.get $cap))
          (then
            (local.set $x
              (call $endOfRun
                (local.get $drops) (i32.add (local.get $x) (i32.const 1)) (local.get $width) (local.get $cap)))
            (br $next)))
        (local.set $height
          (i64.add
            (i64.mul (i64.extend_i32_u (local.get $x)) (i64.extend_i32_u (local.get $x)))
            (i64.mul (i64.extend_i32_u (local.get $drop)) (i64.extend_i32_u (local.get $drop)))))
        (local.set $start (i32.const 0))
        (block $found
          (loop $pop
            (br_if $found (i32.lt_s (local.get $top) (local.get $columns)))
            ;; Where this parabola lies below that of the last stretch: from floor(rise / 2 gap) + 1 on.
            (local.set $gap (i32.shl (i32.sub (local.get $x) (i32.load (local.get $top))) (i32.const 1)))
            (local.set $rise
              (i64.sub
                (local.get $height)
                (i64.load
                  (i32.add
                    (local.get $heights)
                    (i32.shl (i32.sub (local.get $top) (local.get $columns)) (i32.const 1))))))
            (if (i64.ge_s
                  (local.get $rise)
                  (i64.mul
                    (i64.extend_i32_u (local.get $gap))
                    (i64.extend_i32_u (i32.load (i32.add (local.get $top) (local.get $toStarts))))))
              (then
                (local.set $start
                  (i32.add
                    (i32.const 1)
                    (i32.trunc_sat_f64_u
                      (f64.div (f64.convert_i64_s (local.get $rise)) (f64.convert_i32_u (local.get $gap))))))
                (br $found)))
            (local.set $top (i32.sub (local.get $top) (i32.const 4)))
            (br $pop)))
        (if (i32.lt_u (local.get $start) (local.get $width))
          (then
            (local.set $top (i32.add (local.get $top) (i32.const 4)))
            (i32.store (local.get $top) (local.get $x))
            (i32.store (i32.add (local.get $top) (local.get $toStarts)) (local.get $start))
            (i64.store
              (i32.add (local.get $heights) (i32.shl (i32.sub (local.get $top) (local.get $columns)) (i32.const 1)))
              (local.get $height))))
        (if (i32.eqz (local.get $drop))
          (then
            ;; A run of selected pixels is a stretch of its own; what lies behind it has its last pixel for a neighbor.
            (local.set $top (i32.add (local.get $top) (i32.const 4)))
            (i32.store (local.get $top) (i32.const -1))
            (i32.store (i32.add (local.get $top) (local.get $toStarts)) (local.get $x))
            (local.set $x
              (call $endOfRun
                (local.get $drops) (i32.add (local.get $x) (i32.const 1)) (local.get $width) (i32.const 0)))
            (br_if $end (i32.ge_u (local.get $x) (local.get $width)))
            (local.set $top (i32.add (local.get $top) (i32.const 4)))
            (i32.store (local.get $top) (i32.sub (local.get $x) (i32.const 1)))
            (i32.store (i32.add (local.get $top) (local.get $toStarts)) (local.get $x))
            (local.set $height (i64.extend_i32_u (i32.sub (local.get $x) (i32.const 1))))
            (i64.store
              (i32.add (local.get $heights) (i32.shl (i32.sub (local.get $top) (local.get $columns)) (i32.const 1)))
              (i64.mul (local.get $height) (local.get $height)))
            (br $next)))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br $next)))
    (i32.add (local.get $top) (i32.const 4)))

  ;; Writes the distance of each pixel, as f32 at $to, and up to three values behind the last.
  (func (export "fillDistances")
    (param $to i32) (param $drops i32) (param $width i32) (param $columns i32) (param $columnsEnd i32) (param $starts i32)
    (local $x i32) (local $end i32) (local $column i32) (local $drop i32) (local $reach i32)
    (local $height v128) (local $across v128) (local $square i64)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $columns) (local.get $columnsEnd)))
        (local.set $x (i32.load (local.get $starts)))
        (local.set $column (i32.load (local.get $columns)))
        (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
        (local.set $columns (i32.add (local.get $columns) (i32.const 4)))
        (local.set $end (local.get $width))
        (if (i32.lt_u (local.get $columns) (local.get $columnsEnd))
          (then (local.set $end (i32.load (local.get $starts)))))
        (br_if $next (i32.ge_u (local.get $x) (local.get $end)))
        (if (i32.lt_s (local.get $column) (i32.const 0))
          (then
            (loop $zeros
              (v128.store (i32.add (local.get $to) (i32.shl (local.get $x) (i32.const 2))) (v128.const i32x4 0 0 0 0))
              (br_if $zeros (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $end))))
            (br $next)))
        (local.set $drop (i32.load16_u (i32.add (local.get $drops) (i32.shl (local.get $column) (i32.const 1)))))
        ;; Squares below 4096 times 4096 are exact in single precision: neither side reaches 2896.
        (local.set $reach (i32.sub (local.get $column) (local.get $x)))
        (if (i32.gt_s (i32.sub (local.get $end) (local.get $column)) (local.get $reach))
          (then (local.set $reach (i32.sub (local.get $end) (local.get $column)))))
        (if (i32.and (i32.lt_s (local.get $reach) (i32.const 2890)) (i32.lt_u (local.get $drop) (i32.const 2890)))
          (then
            (local.set $height (f32x4.splat (f32.convert_i32_u (i32.mul (local.get $drop) (local.get $drop)))))
            (local.set $across
              (f32x4.add
                (f32x4.splat (f32.convert_i32_s (i32.sub (local.get $x) (local.get $column))))
                (v128.const f32x4 0 1 2 3)))
            (loop $fours
              (v128.store (i32.add (local.get $to) (i32.shl (local.get $x) (i32.const 2)))
                (f32x4.sqrt (f32x4.add (f32x4.mul (local.get $across) (local.get $across)) (local.get $height))))
              (local.set $across (f32x4.add (local.get $across) (v128.const f32x4 4 4 4 4)))
              (br_if $fours (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $end)))))
          (else
            (loop $ones
              (local.set $square (i64.extend_i32_s (i32.sub (local.get $x) (local.get $column))))
              (f32.store (i32.add (local.get $to) (i32.shl (local.get $x) (i32.const 2)))
                (f32.demote_f64
                  (f64.sqrt
                    (f64.convert_i64_s
                      (i64.add
                        (i64.mul (local.get $square) (local.get $square))
                        (i64.mul (i64.extend_i32_u (local.get $drop)) (i64.extend_i32_u (local.get $drop))))))))
              (br_if $ones (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $end))))))
        (br $next))))

  ;; Raises the bytes at $to, where a pixel is not selected, to what $table has for its squared distance, if that is below
  ;; $limit.
  (func (export "raiseNear")
    (param $to i32) (param $drops i32) (param $width i32) (param $columns i32) (param $columnsEnd i32) (param $starts i32)
    (param $table i32) (param $limit i32)
    (local $x i32) (local $end i32) (local $column i32) (local $height i32) (local $reach i32) (local $value i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $columns) (local.get $columnsEnd)))
        (local.set $x (i32.load (local.get $starts)))
        (local.set $column (i32.load (local.get $columns)))
        (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
        (local.set $columns (i32.add (local.get $columns) (i32.const 4)))
        (local.set $end (local.get $width))
        (if (i32.lt_u (local.get $columns) (local.get $columnsEnd))
          (then (local.set $end (i32.load (local.get $starts)))))
        (br_if $next (i32.lt_s (local.get $column) (i32.const 0)))
        (local.set $height (i32.load16_u (i32.add (local.get $drops) (i32.shl (local.get $column) (i32.const 1)))))
        (local.set $height (i32.mul (local.get $height) (local.get $height)))
        (br_if $next (i32.ge_u (local.get $height) (local.get $limit)))
        (local.set $reach
          (i32.trunc_sat_f64_u
            (f64.sqrt (f64.convert_i32_u (i32.sub (i32.sub (local.get $limit) (i32.const 1)) (local.get $height))))))
        (if (i32.lt_s (local.get $x) (i32.sub (local.get $column) (local.get $reach)))
          (then (local.set $x (i32.sub (local.get $column) (local.get $reach)))))
        (if (i32.gt_s (local.get $end) (i32.add (i32.add (local.get $column) (local.get $reach)) (i32.const 1)))
          (then (local.set $end (i32.add (i32.add (local.get $column) (local.get $reach)) (i32.const 1)))))
        (br_if $next (i32.ge_s (local.get $x) (local.get $end)))
        (loop $ones
          (local.set $reach (i32.sub (local.get $x) (local.get $column)))
          (local.set $value
            (i32.load8_u
              (i32.add (local.get $table)
                (i32.add (i32.mul (local.get $reach) (local.get $reach)) (local.get $height)))))
          (if (i32.gt_u (local.get $value) (i32.load8_u (i32.add (local.get $to) (local.get $x))))
            (then (i32.store8 (i32.add (local.get $to) (local.get $x)) (local.get $value))))
          (br_if $ones (i32.lt_s (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $end))))
        (br $next))))
)
