;; Means over squares and the color guided filter, row by row (box-sum.ts, guided-filter.ts): sums of columns, and squares
;; that slide along a row. Addresses are in bytes. Columns are of f64: values, 14 moments, or the 4 coefficients of models;
;; planes and models are of f32.
(module
  (memory (export "memory") 1)

  ;; Adds a row of values to the columns, or with a $sign of -1 takes it away; up to three values more.
  (func (export "addValues") (param $columns i32) (param $values i32) (param $width i32) (param $sign f64)
    (local $end i32) (local $four v128) (local $signs v128)
    (local.set $signs (f64x2.splat (local.get $sign)))
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $width) (i32.const 2))))
    (loop $next
      (local.set $four (v128.load (local.get $values)))
      (v128.store (local.get $columns)
        (f64x2.add
          (v128.load (local.get $columns))
          (f64x2.mul (local.get $signs) (f64x2.promote_low_f32x4 (local.get $four)))))
      (v128.store offset=16 (local.get $columns)
        (f64x2.add
          (v128.load offset=16 (local.get $columns))
          (f64x2.mul (local.get $signs)
            (f64x2.promote_low_f32x4
              (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $four) (local.get $four))))))
      (local.set $columns (i32.add (local.get $columns) (i32.const 32)))
      (br_if $next (i32.lt_u (local.tee $values (i32.add (local.get $values) (i32.const 16))) (local.get $end)))))

  ;; The means of the squares around each pixel of a row. $upTo takes the sums from the beginning of the row, before them
  ;; $reach + 1 of nothing and behind them $reach of everything; $scales are the inverses of the squares' widths, $scale that
  ;; of their height. A sum is rounded before it is scaled.
  (func (export "meanRow")
    (param $columns i32) (param $width i32) (param $reach i32) (param $upTo i32) (param $scales i32) (param $scale f64)
    (param $out i32)
    (local $at i32) (local $end i32) (local $side i32) (local $sum f64)
    (local.set $at (local.get $upTo))
    (local.set $end (i32.add (local.get $at) (i32.shl (i32.add (local.get $reach) (i32.const 1)) (i32.const 3))))
    (loop $before
      (f64.store (local.get $at) (f64.const 0))
      (br_if $before (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $width) (i32.const 3))))
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $columns))))
      (f64.store (local.get $at) (local.get $sum))
      (local.set $columns (i32.add (local.get $columns) (i32.const 8)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $reach) (i32.const 3))))
    (block $done
      (loop $behind
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (f64.store (local.get $at) (local.get $sum))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $behind)))
    (local.set $side (i32.shl (i32.add (i32.shl (local.get $reach) (i32.const 1)) (i32.const 1)) (i32.const 3)))
    (local.set $end (i32.add (local.get $upTo) (i32.shl (local.get $width) (i32.const 3))))
    (loop $mean
      (f32.store (local.get $out)
        (f32.demote_f64
          (f64.mul
            (f64.promote_f32
              (f32.demote_f64
                (f64.sub
                  (f64.load (i32.add (local.get $upTo) (local.get $side)))
                  (f64.load (local.get $upTo)))))
            (f64.mul (f64.load (local.get $scales)) (local.get $scale)))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 8)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $mean (i32.lt_u (local.tee $upTo (i32.add (local.get $upTo) (i32.const 8))) (local.get $end)))))

  ;; Adds the moments of a row's pixels to the columns, with a $sign of -1 takes them away. The planes' rows follow each
  ;; other: red, green, blue, target, weights.
  (func (export "addMoments") (param $columns i32) (param $planes i32) (param $width i32) (param $sign f64)
    (local $end i32) (local $stride i32) (local $at i32)
    (local $r f64) (local $g f64) (local $b f64) (local $t f64) (local $w f64)
    (local $wr f64) (local $wg f64) (local $wb f64)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $end (i32.add (local.get $planes) (local.get $stride)))
    (loop $next
      (local.set $r (f64.promote_f32 (f32.load (local.get $planes))))
      (local.set $at (i32.add (local.get $planes) (local.get $stride)))
      (local.set $g (f64.promote_f32 (f32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $b (f64.promote_f32 (f32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $t (f64.promote_f32 (f32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $w (f64.mul (f64.promote_f32 (f32.load (local.get $at))) (local.get $sign)))
      (local.set $wr (f64.mul (local.get $w) (local.get $r)))
      (local.set $wg (f64.mul (local.get $w) (local.get $g)))
      (local.set $wb (f64.mul (local.get $w) (local.get $b)))
      (f64.store (local.get $columns)
        (f64.add (f64.load (local.get $columns)) (local.get $w)))
      (f64.store offset=8 (local.get $columns)
        (f64.add (f64.load offset=8 (local.get $columns)) (local.get $wr)))
      (f64.store offset=16 (local.get $columns)
        (f64.add (f64.load offset=16 (local.get $columns)) (local.get $wg)))
      (f64.store offset=24 (local.get $columns)
        (f64.add (f64.load offset=24 (local.get $columns)) (local.get $wb)))
      (f64.store offset=32 (local.get $columns)
        (f64.add (f64.load offset=32 (local.get $columns)) (f64.mul (local.get $w) (local.get $t))))
      (f64.store offset=40 (local.get $columns)
        (f64.add (f64.load offset=40 (local.get $columns)) (f64.mul (local.get $wr) (local.get $r))))
      (f64.store offset=48 (local.get $columns)
        (f64.add (f64.load offset=48 (local.get $columns)) (f64.mul (local.get $wr) (local.get $g))))
      (f64.store offset=56 (local.get $columns)
        (f64.add (f64.load offset=56 (local.get $columns)) (f64.mul (local.get $wr) (local.get $b))))
      (f64.store offset=64 (local.get $columns)
        (f64.add (f64.load offset=64 (local.get $columns)) (f64.mul (local.get $wg) (local.get $g))))
      (f64.store offset=72 (local.get $columns)
        (f64.add (f64.load offset=72 (local.get $columns)) (f64.mul (local.get $wg) (local.get $b))))
      (f64.store offset=80 (local.get $columns)
        (f64.add (f64.load offset=80 (local.get $columns)) (f64.mul (local.get $wb) (local.get $b))))
      (f64.store offset=88 (local.get $columns)
        (f64.add (f64.load offset=88 (local.get $columns)) (f64.mul (local.get $wr) (local.get $t))))
      (f64.store offset=96 (local.get $columns)
        (f64.add (f64.load offset=96 (local.get $columns)) (f64.mul (local.get $wg) (local.get $t))))
      (f64.store offset=104 (local.get $columns)
        (f64.add (f64.load offset=104 (local.get $columns)) (f64.mul (local.get $wb) (local.get $t))))
      (local.set $columns (i32.add (local.get $columns) (i32.const 112)))
      (br_if $next (i32.lt_u (local.tee $planes (i32.add (local.get $planes) (i32.const 4))) (local.get $end)))))

  ;; The model of the square around each pixel of a row, whose columns begin at $columns.
  (func (export "solveRow")
    (param $columns i32) (param $width i32) (param $radius i32) (param $epsilon f64) (param $out i32)
    (local $x i32) (local $at i32)
    (local $s0 f64) (local $s1 f64) (local $s2 f64) (local $s3 f64) (local $s4 f64) (local $s5 f64) (local $s6 f64)
    (local $s7 f64) (local $s8 f64) (local $s9 f64) (local $s10 f64) (local $s11 f64) (local $s12 f64) (local $s13 f64)
    (local $scale f64) (local $mr f64) (local $mg f64) (local $mb f64) (local $mt f64) (local $rr f64) (local $rg f64) (local $rb f64) (local $gg f64)
    (local $gb f64) (local $bb f64) (local $tr f64) (local $tg f64) (local $tb f64) (local $c00 f64) (local $c01 f64) (local $c02 f64)
    (local $c11 f64) (local $c12 f64) (local $c22 f64) (local $inverse f64) (local $ar f64) (local $ag f64) (local $ab f64)
    ;; The columns on the left of what the first square adds.
    (local.set $at (local.get $columns))
    (local.set $x (select (local.get $radius) (local.get $width) (i32.lt_s (local.get $radius) (local.get $width))))
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $x) (i32.const 0)))
        (local.set $s0 (f64.add (local.get $s0) (f64.load (local.get $at))))
        (local.set $s1 (f64.add (local.get $s1) (f64.load offset=8 (local.get $at))))
        (local.set $s2 (f64.add (local.get $s2) (f64.load offset=16 (local.get $at))))
        (local.set $s3 (f64.add (local.get $s3) (f64.load offset=24 (local.get $at))))
        (local.set $s4 (f64.add (local.get $s4) (f64.load offset=32 (local.get $at))))
        (local.set $s5 (f64.add (local.get $s5) (f64.load offset=40 (local.get $at))))
        (local.set $s6 (f64.add (local.get $s6) (f64.load offset=48 (local.get $at))))
        (local.set $s7 (f64.add (local.get $s7) (f64.load offset=56 (local.get $at))))
        (local.set $s8 (f64.add (local.get $s8) (f64.load offset=64 (local.get $at))))
        (local.set $s9 (f64.add (local.get $s9) (f64.load offset=72 (local.get $at))))
        (local.set $s10 (f64.add (local.get $s10) (f64.load offset=80 (local.get $at))))
        (local.set $s11 (f64.add (local.get $s11) (f64.load offset=88 (local.get $at))))
        (local.set $s12 (f64.add (local.get $s12) (f64.load offset=96 (local.get $at))))
        (local.set $s13 (f64.add (local.get $s13) (f64.load offset=104 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 112)))
        (local.set $x (i32.sub (local.get $x) (i32.const 1)))
        (br $next)))
    (local.set $x (i32.const 0))
    (loop $next
      (if (i32.lt_s (i32.add (local.get $x) (local.get $radius)) (local.get $width))
        (then
          (local.set $at (i32.add (local.get $columns) (i32.mul (i32.add (local.get $x) (local.get $radius)) (i32.const 112))))
          (local.set $s0 (f64.add (local.get $s0) (f64.load (local.get $at))))
          (local.set $s1 (f64.add (local.get $s1) (f64.load offset=8 (local.get $at))))
          (local.set $s2 (f64.add (local.get $s2) (f64.load offset=16 (local.get $at))))
          (local.set $s3 (f64.add (local.get $s3) (f64.load offset=24 (local.get $at))))
          (local.set $s4 (f64.add (local.get $s4) (f64.load offset=32 (local.get $at))))
          (local.set $s5 (f64.add (local.get $s5) (f64.load offset=40 (local.get $at))))
          (local.set $s6 (f64.add (local.get $s6) (f64.load offset=48 (local.get $at))))
          (local.set $s7 (f64.add (local.get $s7) (f64.load offset=56 (local.get $at))))
          (local.set $s8 (f64.add (local.get $s8) (f64.load offset=64 (local.get $at))))
          (local.set $s9 (f64.add (local.get $s9) (f64.load offset=72 (local.get $at))))
          (local.set $s10 (f64.add (local.get $s10) (f64.load offset=80 (local.get $at))))
          (local.set $s11 (f64.add (local.get $s11) (f64.load offset=88 (local.get $at))))
          (local.set $s12 (f64.add (local.get $s12) (f64.load offset=96 (local.get $at))))
          (local.set $s13 (f64.add (local.get $s13) (f64.load offset=104 (local.get $at))))))
      (if (i32.gt_s (local.get $x) (local.get $radius))
        (then
          (local.set $at
            (i32.add (local.get $columns)
              (i32.mul (i32.sub (i32.sub (local.get $x) (local.get $radius)) (i32.const 1)) (i32.const 112))))
          (local.set $s0 (f64.sub (local.get $s0) (f64.load (local.get $at))))
          (local.set $s1 (f64.sub (local.get $s1) (f64.load offset=8 (local.get $at))))
          (local.set $s2 (f64.sub (local.get $s2) (f64.load offset=16 (local.get $at))))
          (local.set $s3 (f64.sub (local.get $s3) (f64.load offset=24 (local.get $at))))
          (local.set $s4 (f64.sub (local.get $s4) (f64.load offset=32 (local.get $at))))
          (local.set $s5 (f64.sub (local.get $s5) (f64.load offset=40 (local.get $at))))
          (local.set $s6 (f64.sub (local.get $s6) (f64.load offset=48 (local.get $at))))
          (local.set $s7 (f64.sub (local.get $s7) (f64.load offset=56 (local.get $at))))
          (local.set $s8 (f64.sub (local.get $s8) (f64.load offset=64 (local.get $at))))
          (local.set $s9 (f64.sub (local.get $s9) (f64.load offset=72 (local.get $at))))
          (local.set $s10 (f64.sub (local.get $s10) (f64.load offset=80 (local.get $at))))
          (local.set $s11 (f64.sub (local.get $s11) (f64.load offset=88 (local.get $at))))
          (local.set $s12 (f64.sub (local.get $s12) (f64.load offset=96 (local.get $at))))
          (local.set $s13 (f64.sub (local.get $s13) (f64.load offset=104 (local.get $at))))))
      (local.set $scale (f64.div (f64.const 1) (local.get $s0)))
      (local.set $mr (f64.mul (local.get $s1) (local.get $scale)))
      (local.set $mg (f64.mul (local.get $s2) (local.get $scale)))
      (local.set $mb (f64.mul (local.get $s3) (local.get $scale)))
      (local.set $mt (f64.mul (local.get $s4) (local.get $scale)))
      ;; The covariance of the colors (symmetric) and of each color with the target, then Cramer's rule.
      (local.set $rr (f64.add (f64.sub (f64.mul (local.get $s5) (local.get $scale)) (f64.mul (local.get $mr) (local.get $mr))) (local.get $epsilon)))
      (local.set $rg (f64.sub (f64.mul (local.get $s6) (local.get $scale)) (f64.mul (local.get $mr) (local.get $mg))))
      (local.set $rb (f64.sub (f64.mul (local.get $s7) (local.get $scale)) (f64.mul (local.get $mr) (local.get $mb))))
      (local.set $gg (f64.add (f64.sub (f64.mul (local.get $s8) (local.get $scale)) (f64.mul (local.get $mg) (local.get $mg))) (local.get $epsilon)))
      (local.set $gb (f64.sub (f64.mul (local.get $s9) (local.get $scale)) (f64.mul (local.get $mg) (local.get $mb))))
      (local.set $bb (f64.add (f64.sub (f64.mul (local.get $s10) (local.get $scale)) (f64.mul (local.get $mb) (local.get $mb))) (local.get $epsilon)))
      (local.set $tr (f64.sub (f64.mul (local.get $s11) (local.get $scale)) (f64.mul (local.get $mt) (local.get $mr))))
      (local.set $tg (f64.sub (f64.mul (local.get $s12) (local.get $scale)) (f64.mul (local.get $mt) (local.get $mg))))
      (local.set $tb (f64.sub (f64.mul (local.get $s13) (local.get $scale)) (f64.mul (local.get $mt) (local.get $mb))))
      (local.set $c00 (f64.sub (f64.mul (local.get $gg) (local.get $bb)) (f64.mul (local.get $gb) (local.get $gb))))
      (local.set $c01 (f64.sub (f64.mul (local.get $rb) (local.get $gb)) (f64.mul (local.get $rg) (local.get $bb))))
      (local.set $c02 (f64.sub (f64.mul (local.get $rg) (local.get $gb)) (f64.mul (local.get $rb) (local.get $gg))))
      (local.set $c11 (f64.sub (f64.mul (local.get $rr) (local.get $bb)) (f64.mul (local.get $rb) (local.get $rb))))
      (local.set $c12 (f64.sub (f64.mul (local.get $rg) (local.get $rb)) (f64.mul (local.get $rr) (local.get $gb))))
      (local.set $c22 (f64.sub (f64.mul (local.get $rr) (local.get $gg)) (f64.mul (local.get $rg) (local.get $rg))))
      (local.set $inverse
        (f64.div (f64.const 1)
          (f64.add (f64.add (f64.mul (local.get $rr) (local.get $c00)) (f64.mul (local.get $rg) (local.get $c01))) (f64.mul (local.get $rb) (local.get $c02)))))
      (local.set $ar
        (f64.mul
          (f64.add (f64.add (f64.mul (local.get $c00) (local.get $tr)) (f64.mul (local.get $c01) (local.get $tg))) (f64.mul (local.get $c02) (local.get $tb)))
          (local.get $inverse)))
      (local.set $ag
        (f64.mul
          (f64.add (f64.add (f64.mul (local.get $c01) (local.get $tr)) (f64.mul (local.get $c11) (local.get $tg))) (f64.mul (local.get $c12) (local.get $tb)))
          (local.get $inverse)))
      (local.set $ab
        (f64.mul
          (f64.add (f64.add (f64.mul (local.get $c02) (local.get $tr)) (f64.mul (local.get $c12) (local.get $tg))) (f64.mul (local.get $c22) (local.get $tb)))
          (local.get $inverse)))
      (f32.store (local.get $out) (f32.demote_f64 (local.get $ar)))
      (f32.store offset=4 (local.get $out) (f32.demote_f64 (local.get $ag)))
      (f32.store offset=8 (local.get $out) (f32.demote_f64 (local.get $ab)))
      (f32.store offset=12 (local.get $out)
        (f32.demote_f64
          (f64.sub (f64.sub (f64.sub (local.get $mt) (f64.mul (local.get $ar) (local.get $mr))) (f64.mul (local.get $ag) (local.get $mg))) (f64.mul (local.get $ab) (local.get $mb)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $next (i32.lt_s (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $width)))))

  ;; Adds a row of models to the columns, or with a $sign of -1 takes it away.
  (func (export "addModels") (param $columns i32) (param $models i32) (param $width i32) (param $sign f64)
    (local $end i32) (local $model v128) (local $signs v128)
    (local.set $signs (f64x2.splat (local.get $sign)))
    (local.set $end (i32.add (local.get $models) (i32.shl (local.get $width) (i32.const 4))))
    (loop $next
      (local.set $model (v128.load (local.get $models)))
      (v128.store (local.get $columns)
        (f64x2.add
          (v128.load (local.get $columns))
          (f64x2.mul (local.get $signs) (f64x2.promote_low_f32x4 (local.get $model)))))
      (v128.store offset=16 (local.get $columns)
        (f64x2.add
          (v128.load offset=16 (local.get $columns))
          (f64x2.mul (local.get $signs)
            (f64x2.promote_low_f32x4
              (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $model) (local.get $model))))))
      (local.set $columns (i32.add (local.get $columns) (i32.const 32)))
      (br_if $next (i32.lt_u (local.tee $models (i32.add (local.get $models) (i32.const 16))) (local.get $end)))))

  ;; The mean model of the squares around each pixel of a row, $rows high.
  (func (export "meanModels")
    (param $columns i32) (param $width i32) (param $radius i32) (param $rows f64) (param $out i32)
    (local $x i32) (local $at i32) (local $side i32) (local $scale v128) (local $first v128) (local $last v128)
    (local.set $at (local.get $columns))
    (local.set $x (select (local.get $radius) (local.get $width) (i32.lt_s (local.get $radius) (local.get $width))))
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $x) (i32.const 0)))
        (local.set $first (f64x2.add (local.get $first) (v128.load (local.get $at))))
        (local.set $last (f64x2.add (local.get $last) (v128.load offset=16 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (local.set $x (i32.sub (local.get $x) (i32.const 1)))
        (br $next)))
    (local.set $x (i32.const 0))
    (loop $next
      ;; The side of the square, less what lies beyond the row's ends.
      (local.set $side (i32.add (i32.shl (local.get $radius) (i32.const 1)) (i32.const 1)))
      (if (i32.lt_s (i32.add (local.get $x) (local.get $radius)) (local.get $width))
        (then
          (local.set $at
            (i32.add (local.get $columns) (i32.shl (i32.add (local.get $x) (local.get $radius)) (i32.const 5))))
          (local.set $first (f64x2.add (local.get $first) (v128.load (local.get $at))))
          (local.set $last (f64x2.add (local.get $last) (v128.load offset=16 (local.get $at)))))
        (else
          (local.set $side
            (i32.sub (local.get $side)
              (i32.sub (i32.add (i32.add (local.get $x) (local.get $radius)) (i32.const 1)) (local.get $width))))))
      (if (i32.gt_s (local.get $x) (local.get $radius))
        (then
          (local.set $at
            (i32.add (local.get $columns)
              (i32.shl (i32.sub (i32.sub (local.get $x) (local.get $radius)) (i32.const 1)) (i32.const 5))))
          (local.set $first (f64x2.sub (local.get $first) (v128.load (local.get $at))))
          (local.set $last (f64x2.sub (local.get $last) (v128.load offset=16 (local.get $at)))))
        (else
          (local.set $side (i32.sub (local.get $side) (i32.sub (local.get $radius) (local.get $x))))))
      (local.set $scale
        (f64x2.splat
          (f64.div (f64.const 1) (f64.mul (local.get $rows) (f64.convert_i32_s (local.get $side))))))
      (v128.store (local.get $out)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
          (f32x4.demote_f64x2_zero (f64x2.mul (local.get $first) (local.get $scale)))
          (f32x4.demote_f64x2_zero (f64x2.mul (local.get $last) (local.get $scale)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $next (i32.lt_s (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $width)))))
)
