;; Passes over the equations of matting (band-matrix.ts, block-matrix.ts, matting-windows.ts), four values at a time.
;; Addresses are in bytes. Values are f32 but for colors; a segment is six i32 (band-cells.ts).
(module
  (memory (export "memory") 1)

  ;; Copies a pixel and its two neighbors of one row: cells or what is known of them, and colors.
  (func $gather (param $members i32) (param $colors i32) (param $toMembers i32) (param $toColors i32)
    (i64.store (local.get $toMembers) (i64.load (local.get $members)))
    (i32.store offset=8 (local.get $toMembers) (i32.load offset=8 (local.get $members)))
    (v128.store (local.get $toColors) (v128.load (local.get $colors)))
    (v128.store offset=16 (local.get $toColors) (v128.load offset=16 (local.get $colors)))
    (v128.store offset=32 (local.get $toColors) (v128.load offset=32 (local.get $colors)))
    (v128.store offset=48 (local.get $toColors) (v128.load offset=48 (local.get $colors)))
    (f64.store offset=64 (local.get $toColors) (f64.load offset=64 (local.get $colors))))

  ;; Takes the mean from nine colors; writes them times the inverse of the sums of their products behind them.
  (func $project (param $colors i32) (param $epsilon f64)
    (local $p i32) (local $end i32) (local $r f64) (local $g f64) (local $b f64) (local $mr f64) (local $mg f64)
    (local $mb f64) (local $rr f64) (local $rg f64) (local $rb f64) (local $gg f64) (local $gb f64) (local $bb f64)
    (local $c00 f64) (local $c01 f64) (local $c02 f64) (local $c11 f64) (local $c12 f64) (local $c22 f64)
    (local $scale f64)
    (local.set $end (i32.add (local.get $colors) (i32.const 216)))
    (local.set $p (local.get $colors))
    (loop $next
      (local.set $mr (f64.add (local.get $mr) (f64.load (local.get $p))))
      (local.set $mg (f64.add (local.get $mg) (f64.load offset=8 (local.get $p))))
      (local.set $mb (f64.add (local.get $mb) (f64.load offset=16 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 24)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $end))))
    (local.set $mr (f64.div (local.get $mr) (f64.const 9)))
    (local.set $mg (f64.div (local.get $mg) (f64.const 9)))
    (local.set $mb (f64.div (local.get $mb) (f64.const 9)))
    (local.set $rr (local.get $epsilon))
    (local.set $gg (local.get $epsilon))
    (local.set $bb (local.get $epsilon))
    (local.set $p (local.get $colors))
    (loop $next
      (f64.store (local.get $p) (local.tee $r (f64.sub (f64.load (local.get $p)) (local.get $mr))))
      (f64.store offset=8 (local.get $p) (local.tee $g (f64.sub (f64.load offset=8 (local.get $p)) (local.get $mg))))
      (f64.store offset=16 (local.get $p) (local.tee $b (f64.sub (f64.load offset=16 (local.get $p)) (local.get $mb))))
      (local.set $rr (f64.add (local.get $rr) (f64.mul (local.get $r) (local.get $r))))
      (local.set $rg (f64.add (local.get $rg) (f64.mul (local.get $r) (local.get $g))))
      (local.set $rb (f64.add (local.get $rb) (f64.mul (local.get $r) (local.get $b))))
      (local.set $gg (f64.add (local.get $gg) (f64.mul (local.get $g) (local.get $g))))
      (local.set $gb (f64.add (local.get $gb) (f64.mul (local.get $g) (local.get $b))))
      (local.set $bb (f64.add (local.get $bb) (f64.mul (local.get $b) (local.get $b))))
      (local.set $p (i32.add (local.get $p) (i32.const 24)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $end))))
    (local.set $c00 (f64.sub (f64.mul (local.get $gg) (local.get $bb)) (f64.mul (local.get $gb) (local.get $gb))))
    (local.set $c01 (f64.sub (f64.mul (local.get $rb) (local.get $gb)) (f64.mul (local.get $rg) (local.get $bb))))
    (local.set $c02 (f64.sub (f64.mul (local.get $rg) (local.get $gb)) (f64.mul (local.get $rb) (local.get $gg))))
    (local.set $c11 (f64.sub (f64.mul (local.get $rr) (local.get $bb)) (f64.mul (local.get $rb) (local.get $rb))))
    (local.set $c12 (f64.sub (f64.mul (local.get $rg) (local.get $rb)) (f64.mul (local.get $rr) (local.get $gb))))
    (local.set $c22 (f64.sub (f64.mul (local.get $rr) (local.get $gg)) (f64.mul (local.get $rg) (local.get $rg))))
    (local.set $scale
      (f64.div (f64.const 1)
        (f64.add
          (f64.add (f64.mul (local.get $rr) (local.get $c00)) (f64.mul (local.get $rg) (local.get $c01)))
          (f64.mul (local.get $rb) (local.get $c02)))))
    (local.set $p (local.get $colors))
    (loop $next
      (local.set $r (f64.mul (f64.load (local.get $p)) (local.get $scale)))
      (local.set $g (f64.mul (f64.load offset=8 (local.get $p)) (local.get $scale)))
      (local.set $b (f64.mul (f64.load offset=16 (local.get $p)) (local.get $scale)))
      (f64.store offset=216 (local.get $p)
        (f64.add
          (f64.add (f64.mul (local.get $c00) (local.get $r)) (f64.mul (local.get $c01) (local.get $g)))
          (f64.mul (local.get $c02) (local.get $b))))
      (f64.store offset=224 (local.get $p)
        (f64.add
          (f64.add (f64.mul (local.get $c01) (local.get $r)) (f64.mul (local.get $c11) (local.get $g)))
          (f64.mul (local.get $c12) (local.get $b))))
      (f64.store offset=232 (local.get $p)
        (f64.add
          (f64.add (f64.mul (local.get $c02) (local.get $r)) (f64.mul (local.get $c12) (local.get $g)))
          (f64.mul (local.get $c22) (local.get $b))))
      (local.set $p (i32.add (local.get $p) (i32.const 24)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $end)))))

  ;; Adds the equations of the windows around the pixels from $x up to $last of a row. The three lines around it hold
  ;; cells, or -1 for known background and -2 for known foreground, and colors. $scratch takes 480 bytes; $planes are the
  ;; distances in bytes of the planes of entries of each pair of a window's pixels.
  (func (export "addWindows")
    (param $x i32) (param $last i32) (param $upperMembers i32) (param $members i32) (param $lowerMembers i32)
    (param $upperColors i32) (param $colors i32) (param $lowerColors i32) (param $scratch i32) (param $planes i32)
    (param $entries i32) (param $diagonal i32) (param $right i32) (param $epsilon f64)
    (local $window i32) (local $at i32) (local $first i32) (local $second i32) (local $a i32) (local $c i32)
    (local $pa i32) (local $pc i32) (local $plane i32) (local $r f64) (local $g f64) (local $b f64) (local $value f64)
    ;; Colors and projected ones begin at $scratch, the window's members behind them.
    (local.set $window (i32.add (local.get $scratch) (i32.const 432)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $last)))
        (local.set $at (i32.shl (i32.sub (local.get $x) (i32.const 1)) (i32.const 2)))
        (local.set $first (i32.mul (i32.sub (local.get $x) (i32.const 1)) (i32.const 24)))
        (call $gather (i32.add (local.get $upperMembers) (local.get $at))
          (i32.add (local.get $upperColors) (local.get $first)) (local.get $window) (local.get $scratch))
        (call $gather (i32.add (local.get $members) (local.get $at)) (i32.add (local.get $colors) (local.get $first))
          (i32.add (local.get $window) (i32.const 12)) (i32.add (local.get $scratch) (i32.const 72)))
        (call $gather (i32.add (local.get $lowerMembers) (local.get $at))
          (i32.add (local.get $lowerColors) (local.get $first)) (i32.add (local.get $window) (i32.const 24))
          (i32.add (local.get $scratch) (i32.const 144)))
        (call $project (local.get $scratch) (local.get $epsilon))
        (local.set $a (i32.const 0))
        (local.set $pa (local.get $scratch))
        (local.set $plane (local.get $planes))
        (loop $each
          (local.set $first (i32.load (i32.add (local.get $window) (i32.shl (local.get $a) (i32.const 2)))))
          ;; Known background adds nothing.
          (if (i32.ne (local.get $first) (i32.const -1))
            (then
              (local.set $r (f64.load offset=216 (local.get $pa)))
              (local.set $g (f64.load offset=224 (local.get $pa)))
              (local.set $b (f64.load offset=232 (local.get $pa)))
              (if (i32.ge_s (local.get $first) (i32.const 0))
                (then
                  (local.set $at (i32.add (local.get $diagonal) (i32.shl (local.get $first) (i32.const 2))))
                  (f32.store (local.get $at)
                    (f32.demote_f64
                      (f64.add (f64.promote_f32 (f32.load (local.get $at)))
                        (f64.sub
                      (f64.const 0.8888888888888888)
                      (f64.add
                        (f64.add
                          (f64.mul (local.get $r) (f64.load (local.get $pa)))
                          (f64.mul (local.get $g) (f64.load offset=8 (local.get $pa))))
                        (f64.mul (local.get $b) (f64.load offset=16 (local.get $pa))))))))))
              (local.set $c (i32.add (local.get $a) (i32.const 1)))
              (local.set $pc (i32.add (local.get $pa) (i32.const 24)))
              (block $paired
                (loop $pair
                  (br_if $paired (i32.ge_u (local.get $c) (i32.const 9)))
                  (local.set $second (i32.load (i32.add (local.get $window) (i32.shl (local.get $c) (i32.const 2)))))
                  (local.set $value
                    (f64.add
                      (f64.const 0.1111111111111111)
                      (f64.add
                        (f64.add
                          (f64.mul (local.get $r) (f64.load (local.get $pc)))
                          (f64.mul (local.get $g) (f64.load offset=8 (local.get $pc))))
                        (f64.mul (local.get $b) (f64.load offset=16 (local.get $pc))))))
                  (if (i32.ge_s (local.get $first) (i32.const 0))
                    (then
                      (if (i32.ge_s (local.get $second) (i32.const 0))
                        (then
                          (local.set $at (i32.add
                              (i32.add (local.get $entries) (i32.shl (local.get $first) (i32.const 2)))
                              (i32.load (i32.add (local.get $plane) (i32.shl (local.get $c) (i32.const 2))))))
                          (f32.store (local.get $at)
                            (f32.demote_f64
                              (f64.add (f64.promote_f32 (f32.load (local.get $at)))
                                (f64.neg (local.get $value))))))
                        (else
                          (if (i32.eq (local.get $second) (i32.const -2))
                            (then
                              (local.set $at (i32.add (local.get $right) (i32.shl (local.get $first) (i32.const 2))))
                              (f32.store (local.get $at)
                                (f32.demote_f64
                                  (f64.add (f64.promote_f32 (f32.load (local.get $at)))
                                    (local.get $value)))))))))
                    (else
                      (if (i32.ge_s (local.get $second) (i32.const 0))
                        (then
                          (local.set $at (i32.add (local.get $right) (i32.shl (local.get $second) (i32.const 2))))
                          (f32.store (local.get $at)
                            (f32.demote_f64
                              (f64.add (f64.promote_f32 (f32.load (local.get $at)))
                                (local.get $value))))))))
                  (local.set $c (i32.add (local.get $c) (i32.const 1)))
                  (local.set $pc (i32.add (local.get $pc) (i32.const 24)))
                  (br $pair)))))
          (local.set $a (i32.add (local.get $a) (i32.const 1)))
          (local.set $pa (i32.add (local.get $pa) (i32.const 24)))
          (local.set $plane (i32.add (local.get $plane) (i32.const 36)))
          (br_if $each (i32.lt_u (local.get $a) (i32.const 9))))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br $next))))

  ;; out += entry * p q^T, a block of 4 x 4.
  (func $addOuterProduct (param $out i32) (param $entry f32) (param $p i32) (param $q i32)
    (local $row v128)
    (local.set $row (f32x4.mul (f32x4.splat (local.get $entry)) (v128.load (local.get $q))))
    (v128.store (local.get $out)
      (f32x4.add (v128.load (local.get $out)) (f32x4.mul (v128.load32_splat (local.get $p)) (local.get $row))))
    (v128.store offset=16 (local.get $out)
      (f32x4.add
        (v128.load offset=16 (local.get $out))
        (f32x4.mul (v128.load32_splat offset=4 (local.get $p)) (local.get $row))))
    (v128.store offset=32 (local.get $out)
      (f32x4.add
        (v128.load offset=32 (local.get $out))
        (f32x4.mul (v128.load32_splat offset=8 (local.get $p)) (local.get $row))))
    (v128.store offset=48 (local.get $out)
      (f32x4.add
        (v128.load offset=48 (local.get $out))
        (f32x4.mul (v128.load32_splat offset=12 (local.get $p)) (local.get $row)))))

  ;; Adds the entries of a plane of the band, from cells $cell up to $end, to the blocks of the aggregates that they
  ;; join; a cell's entry joins it to the one $ahead cells behind it.
  (func (export "addEntries")
    (param $cell i32) (param $end i32) (param $ahead i32) (param $entries i32) (param $interpolation i32)
    (param $aggregates i32) (param $columns i32) (param $rows i32) (param $diagonal i32) (param $neighbors i32)
    (param $blocks i32)
    (local $entry f32) (local $own i32) (local $second i32) (local $p i32) (local $q i32) (local $slot i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $cell) (local.get $end)))
        (local.set $entry
          (f32.load (i32.add (local.get $entries) (i32.shl (local.get $cell) (i32.const 2)))))
        (if (f32.ne (local.get $entry) (f32.const 0))
          (then
            (local.set $own (i32.load (i32.add (local.get $aggregates) (i32.shl (local.get $cell) (i32.const 2)))))
            (local.set $p (i32.add (local.get $interpolation) (i32.shl (local.get $cell) (i32.const 4))))
            (local.set $slot (i32.add (local.get $cell) (local.get $ahead)))
            (local.set $second (i32.load (i32.add (local.get $aggregates) (i32.shl (local.get $slot) (i32.const 2)))))
            (local.set $q (i32.add (local.get $interpolation) (i32.shl (local.get $slot) (i32.const 4))))
            (if (i32.eq (local.get $own) (local.get $second))
              (then
                (call $addOuterProduct (i32.add (local.get $diagonal) (i32.shl (local.get $own) (i32.const 6)))
                  (local.get $entry) (local.get $p) (local.get $q)))
              (else
                (if (i32.gt_u (local.get $own) (local.get $second))
                  (then
                    (local.set $slot (local.get $own))
                    (local.set $own (local.get $second))
                    (local.set $second (local.get $slot))
                    (local.set $slot (local.get $p))
                    (local.set $p (local.get $q))
                    (local.set $q (local.get $slot))))
                (local.set $slot (i32.shl (local.get $own) (i32.const 2)))
                (if
                  (i32.ne
                    (i32.load (i32.add (local.get $rows) (i32.shl (local.get $own) (i32.const 2))))
                    (i32.load (i32.add (local.get $rows) (i32.shl (local.get $second) (i32.const 2)))))
                  (then
                    (local.set $slot
                      (i32.add
                        (i32.add (local.get $slot) (i32.const 2))
                        (i32.sub
                          (i32.load (i32.add (local.get $columns) (i32.shl (local.get $second) (i32.const 2))))
                          (i32.load (i32.add (local.get $columns) (i32.shl (local.get $own) (i32.const 2)))))))))
                (i32.store
                  (i32.add (local.get $neighbors) (i32.shl (local.get $slot) (i32.const 2)))
                  (local.get $second))
                (call $addOuterProduct (i32.add (local.get $blocks) (i32.shl (local.get $slot) (i32.const 6)))
                  (local.get $entry) (local.get $p) (local.get $q))))))
        (local.set $cell (i32.add (local.get $cell) (i32.const 1)))
        (br $next))))

  ;; out = right from cell $begin on, or 0 where $right is 0, up to $end and the cells of the last four.
  (func $copy (param $out i32) (param $end i32) (param $right i32) (param $begin i32)
    (if (local.get $right)
      (then
        (local.set $right (i32.add (local.get $right) (i32.shl (local.get $begin) (i32.const 2))))
        (loop $next
          (v128.store (local.get $out) (v128.load (local.get $right)))
          (local.set $right (i32.add (local.get $right) (i32.const 16)))
          (br_if $next (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $end)))))
      (else
        (loop $next
          (v128.store (local.get $out) (v128.const i64x2 0 0))
          (br_if $next (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $end)))))))

  ;; out += scale * (a * v[0] + b * v[1]): what a row says of itself.
  (func $addTwo (param $out i32) (param $end i32) (param $scale v128) (param $a i32) (param $b i32) (param $v i32)
    (loop $next
      (v128.store (local.get $out)
        (f32x4.add (v128.load (local.get $out))
          (f32x4.mul (local.get $scale)
            (f32x4.add
              (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $v)))
              (f32x4.mul (v128.load (local.get $b)) (v128.load offset=4 (local.get $v)))))))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $end)))))

  ;; out += scale * (a * v[0] + ... + e * v[4]): what another row says.
  (func $addFive
    (param $out i32) (param $end i32) (param $scale v128) (param $a i32) (param $b i32) (param $c i32) (param $d i32)
    (param $e i32) (param $v i32)
    (loop $next
      (v128.store (local.get $out)
        (f32x4.add (v128.load (local.get $out))
          (f32x4.mul (local.get $scale)
            (f32x4.add
              (f32x4.add
                (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $v)))
                (f32x4.mul (v128.load (local.get $b)) (v128.load offset=4 (local.get $v))))
              (f32x4.add
                (f32x4.add
                  (f32x4.mul (v128.load (local.get $c)) (v128.load offset=8 (local.get $v)))
                  (f32x4.mul (v128.load (local.get $d)) (v128.load offset=12 (local.get $v))))
                (f32x4.mul (v128.load (local.get $e)) (v128.load offset=16 (local.get $v))))))))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $c (i32.add (local.get $c) (i32.const 16)))
      (local.set $d (i32.add (local.get $d) (i32.const 16)))
      (local.set $e (i32.add (local.get $e) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $end)))))

  ;; The address of a plane of entries at a cell.
  (func $entry (param $entries i32) (param $stride i32) (param $plane i32) (param $cell i32) (result i32)
    (i32.add
      (i32.add (local.get $entries) (i32.mul (local.get $stride) (local.get $plane)))
      (i32.shl (local.get $cell) (i32.const 2))))

  ;; out += scale times what the rows above say of the cells of a segment.
  (func $addAbove
    (param $segment i32) (param $out i32) (param $end i32) (param $entries i32) (param $stride i32) (param $vector i32)
    (param $scale v128)
    (local $from i32)
    (local.set $from (i32.load offset=8 (local.get $segment)))
    (if (local.get $from)
      (then
        (call $addFive (local.get $out) (local.get $end) (local.get $scale)
          (call $entry (local.get $entries) (local.get $stride) (i32.const 6) (i32.sub (local.get $from) (i32.const 2)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 5) (i32.sub (local.get $from) (i32.const 1)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 4) (local.get $from))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 3) (i32.add (local.get $from) (i32.const 1)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 2) (i32.add (local.get $from) (i32.const 2)))
          (i32.add (local.get $vector) (i32.shl (i32.sub (local.get $from) (i32.const 2)) (i32.const 2))))))
    (local.set $from (i32.load offset=12 (local.get $segment)))
    (if (local.get $from)
      (then
        (call $addFive (local.get $out) (local.get $end) (local.get $scale)
          (call $entry (local.get $entries) (local.get $stride) (i32.const 11) (i32.sub (local.get $from) (i32.const 2)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 10) (i32.sub (local.get $from) (i32.const 1)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 9) (local.get $from))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 8) (i32.add (local.get $from) (i32.const 1)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 7) (i32.add (local.get $from) (i32.const 2)))
          (i32.add (local.get $vector) (i32.shl (i32.sub (local.get $from) (i32.const 2)) (i32.const 2)))))))

  ;; out += scale times what the rows below say, from cell $begin on, which lies $shift before the segment's first.
  (func $addBelow
    (param $segment i32) (param $begin i32) (param $shift i32) (param $out i32) (param $end i32) (param $entries i32)
    (param $stride i32) (param $vector i32) (param $scale v128)
    (local $from i32)
    (local.set $from (i32.load offset=16 (local.get $segment)))
    (if (local.get $from)
      (then
        (call $addFive (local.get $out) (local.get $end) (local.get $scale)
          (call $entry (local.get $entries) (local.get $stride) (i32.const 2) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 3) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 4) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 5) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 6) (local.get $begin))
          (i32.add
            (local.get $vector)
            (i32.shl (i32.sub (i32.sub (local.get $from) (local.get $shift)) (i32.const 2)) (i32.const 2))))))
    (local.set $from (i32.load offset=20 (local.get $segment)))
    (if (local.get $from)
      (then
        (call $addFive (local.get $out) (local.get $end) (local.get $scale)
          (call $entry (local.get $entries) (local.get $stride) (i32.const 7) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 8) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 9) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 10) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 11) (local.get $begin))
          (i32.add
            (local.get $vector)
            (i32.shl (i32.sub (i32.sub (local.get $from) (local.get $shift)) (i32.const 2)) (i32.const 2)))))))

  ;; out = right + scale * L vector. Cells are taken in fours: those behind a
  ;; segment are restored.
  (func (export "addLower")
    (param $segment i32) (param $last i32) (param $entries i32) (param $stride i32) (param $right i32)
    (param $vector i32) (param $scale f64) (param $out i32)
    (local $begin i32) (local $to i32) (local $end i32) (local $kept v128) (local $factor v128)
    (local.set $factor (f32x4.splat (f32.demote_f64 (local.get $scale))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $segment) (local.get $last)))
        (local.set $begin (i32.load (local.get $segment)))
        (local.set $to (i32.add (local.get $out) (i32.shl (local.get $begin) (i32.const 2))))
        (local.set $end (i32.add (local.get $out) (i32.shl (i32.load offset=4 (local.get $segment)) (i32.const 2))))
        (local.set $kept (v128.load (local.get $end)))
        (call $copy (local.get $to) (local.get $end) (local.get $right)
          (local.get $begin))
        (call $addTwo (local.get $to) (local.get $end) (local.get $factor)
          (call $entry (local.get $entries) (local.get $stride) (i32.const 1) (i32.sub (local.get $begin) (i32.const 2)))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 0) (i32.sub (local.get $begin) (i32.const 1)))
          (i32.add (local.get $vector) (i32.shl (i32.sub (local.get $begin) (i32.const 2)) (i32.const 2))))
        (call $addAbove (local.get $segment) (local.get $to) (local.get $end) (local.get $entries)
          (local.get $stride) (local.get $vector) (local.get $factor))
        (v128.store (local.get $end) (local.get $kept))
        (local.set $segment (i32.add (local.get $segment) (i32.const 24)))
        (br $next))))

  ;; out = right + scale * U vector.
  (func (export "addUpper")
    (param $segment i32) (param $last i32) (param $entries i32) (param $stride i32) (param $right i32)
    (param $vector i32) (param $scale f64) (param $out i32)
    (local $begin i32) (local $to i32) (local $end i32) (local $kept v128) (local $factor v128)
    (local.set $factor (f32x4.splat (f32.demote_f64 (local.get $scale))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $segment) (local.get $last)))
        (local.set $begin (i32.load (local.get $segment)))
        (local.set $to (i32.add (local.get $out) (i32.shl (local.get $begin) (i32.const 2))))
        (local.set $end (i32.add (local.get $out) (i32.shl (i32.load offset=4 (local.get $segment)) (i32.const 2))))
        (local.set $kept (v128.load (local.get $end)))
        (call $copy (local.get $to) (local.get $end) (local.get $right)
          (local.get $begin))
        (call $addTwo (local.get $to) (local.get $end) (local.get $factor)
          (call $entry (local.get $entries) (local.get $stride) (i32.const 0) (local.get $begin))
          (call $entry (local.get $entries) (local.get $stride) (i32.const 1) (local.get $begin))
          (i32.add (local.get $vector) (i32.shl (i32.add (local.get $begin) (i32.const 1)) (i32.const 2))))
        (call $addBelow (local.get $segment) (local.get $begin) (i32.const 0) (local.get $to) (local.get $end)
          (local.get $entries) (local.get $stride) (local.get $vector) (local.get $factor))
        (v128.store (local.get $end) (local.get $kept))
        (local.set $segment (i32.add (local.get $segment) (i32.const 24)))
        (br $next))))

  ;; Solves (D + L) out = right.
  (func (export "sweepForth")
    (param $segment i32) (param $last i32) (param $entries i32) (param $stride i32) (param $inverse i32)
    (param $right i32) (param $out i32)
    (local $begin i32) (local $to i32) (local $end i32) (local $kept v128) (local $d i32) (local $e i32) (local $x f32)
    (local $y f32) (local $z f32) (local $w f32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $segment) (local.get $last)))
        (local.set $begin (i32.load (local.get $segment)))
        (local.set $to (i32.add (local.get $out) (i32.shl (local.get $begin) (i32.const 2))))
        (local.set $end (i32.add (local.get $out) (i32.shl (i32.load offset=4 (local.get $segment)) (i32.const 2))))
        (local.set $kept (v128.load (local.get $end)))
        (call $copy (local.get $to) (local.get $end) (local.get $right) (local.get $begin))
        (call $addAbove (local.get $segment) (local.get $to) (local.get $end) (local.get $entries)
          (local.get $stride) (local.get $out) (f32x4.splat (f32.const -1)))
        (v128.store (local.get $end) (local.get $kept))
        (local.set $d (i32.add (local.get $inverse) (i32.shl (local.get $begin) (i32.const 2))))
        (local.set $e (call $entry (local.get $entries) (local.get $stride) (i32.const 0) (local.get $begin)))
        ;; The two cells before.
        (local.set $x (f32.load (i32.sub (local.get $to) (i32.const 8))))
        (local.set $y (f32.load (i32.sub (local.get $to) (i32.const 4))))
        (loop $cell
          ;; What waits for the cell before is multiplied last.
          (local.set $w (f32.load (local.get $d)))
          (f32.store (local.get $to)
            (local.tee $z
              (f32.sub
                (f32.mul
                  (local.get $w)
                  (f32.sub
                    (f32.load (local.get $to))
                    (f32.mul
                      (f32.load (i32.sub (i32.add (local.get $e) (local.get $stride)) (i32.const 8)))
                      (local.get $x))))
                (f32.mul
                  (f32.mul (local.get $w) (f32.load (i32.sub (local.get $e) (i32.const 4))))
                  (local.get $y)))))
          (local.set $x (local.get $y))
          (local.set $y (local.get $z))
          (local.set $d (i32.add (local.get $d) (i32.const 4)))
          (local.set $e (i32.add (local.get $e) (i32.const 4)))
          (br_if $cell (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 4))) (local.get $end))))
        (local.set $segment (i32.add (local.get $segment) (i32.const 24)))
        (br $next))))

  ;; Solves (D + U) out = right, segments from the last to the first; fours begin before the segment, not behind it.
  (func (export "sweepBack")
    (param $segment i32) (param $last i32) (param $entries i32) (param $stride i32) (param $inverse i32)
    (param $right i32) (param $out i32)
    (local $begin i32) (local $first i32) (local $shift i32) (local $to i32) (local $end i32) (local $kept v128)
    (local $d i32) (local $e i32) (local $x f32) (local $y f32) (local $z f32) (local $w f32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $segment) (local.get $last)))
        (local.set $last (i32.sub (local.get $last) (i32.const 24)))
        (local.set $first (i32.load (local.get $last)))
        (local.set $end (i32.load offset=4 (local.get $last)))
        (local.set $shift (i32.and (i32.sub (local.get $first) (local.get $end)) (i32.const 3)))
        (local.set $begin (i32.sub (local.get $first) (local.get $shift)))
        (local.set $d (i32.add (local.get $inverse) (i32.shl (local.get $end) (i32.const 2))))
        (local.set $e (call $entry (local.get $entries) (local.get $stride) (i32.const 0) (local.get $end)))
        (local.set $end (i32.add (local.get $out) (i32.shl (local.get $end) (i32.const 2))))
        (local.set $to (i32.add (local.get $out) (i32.shl (local.get $first) (i32.const 2))))
        (local.set $kept (v128.load (i32.sub (local.get $to) (i32.const 16))))
        (local.set $to (i32.add (local.get $out) (i32.shl (local.get $begin) (i32.const 2))))
        (call $copy (local.get $to) (local.get $end) (local.get $right) (local.get $begin))
        (call $addBelow (local.get $last) (local.get $begin) (local.get $shift) (local.get $to) (local.get $end)
          (local.get $entries) (local.get $stride) (local.get $out) (f32x4.splat (f32.const -1)))
        (local.set $to (i32.add (local.get $out) (i32.shl (local.get $first) (i32.const 2))))
        (v128.store (i32.sub (local.get $to) (i32.const 16)) (local.get $kept))
        ;; The two cells behind.
        (local.set $x (f32.load offset=4 (local.get $end)))
        (local.set $y (f32.load (local.get $end)))
        (loop $cell
          (local.set $end (i32.sub (local.get $end) (i32.const 4)))
          (local.set $d (i32.sub (local.get $d) (i32.const 4)))
          (local.set $e (i32.sub (local.get $e) (i32.const 4)))
          (local.set $w (f32.load (local.get $d)))
          (f32.store (local.get $end)
            (local.tee $z
              (f32.sub
                (f32.mul
                  (local.get $w)
                  (f32.sub
                    (f32.load (local.get $end))
                    (f32.mul (f32.load (i32.add (local.get $e) (local.get $stride))) (local.get $x))))
                (f32.mul (f32.mul (local.get $w) (f32.load (local.get $e))) (local.get $y)))))
          (local.set $x (local.get $y))
          (local.set $y (local.get $z))
          (br_if $cell (i32.gt_u (local.get $end) (local.get $to))))
        (br $next))))

  ;; Sums of a residual in the aggregates of points of $unknowns values each: out += interpolation * residual.
  (func (export "restrict")
    (param $aggregate i32) (param $last i32) (param $interpolation i32) (param $residual i32) (param $unknowns i32)
    (param $out i32)
    (local $to i32) (local $next i32) (local $end i32) (local $sum v128)
    (local.set $to (local.get $out))
    (local.set $sum (v128.load (local.get $out)))
    (block $done
      (loop $point
        (br_if $done (i32.ge_u (local.get $aggregate) (local.get $last)))
        (local.set $next (i32.add (local.get $out) (i32.shl (i32.load (local.get $aggregate)) (i32.const 4))))
        ;; Neighboring points mostly have the same aggregate: its sum stays in a register.
        (if (i32.ne (local.get $next) (local.get $to))
          (then
            (v128.store (local.get $to) (local.get $sum))
            (local.set $to (local.get $next))
            (local.set $sum (v128.load (local.get $to)))))
        (local.set $end (i32.add (local.get $residual) (i32.shl (local.get $unknowns) (i32.const 2))))
        (loop $unknown
          (local.set $sum
            (f32x4.add
              (local.get $sum)
              (f32x4.mul (v128.load (local.get $interpolation)) (v128.load32_splat (local.get $residual)))))
          (local.set $interpolation (i32.add (local.get $interpolation) (i32.const 16)))
          (br_if $unknown
            (i32.lt_u (local.tee $residual (i32.add (local.get $residual) (i32.const 4))) (local.get $end))))
        (local.set $aggregate (i32.add (local.get $aggregate) (i32.const 4)))
        (br $point)))
    (v128.store (local.get $to) (local.get $sum)))

  ;; out += scale * interpolation * solution.
  (func (export "interpolate")
    (param $aggregate i32) (param $last i32) (param $interpolation i32) (param $solution i32) (param $unknowns i32)
    (param $scale f64) (param $out i32)
    (local $end i32) (local $from v128) (local $value v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $aggregate) (local.get $last)))
        (local.set $from
          (f32x4.mul
            (f32x4.splat (f32.demote_f64 (local.get $scale)))
            (v128.load (i32.add (local.get $solution) (i32.shl (i32.load (local.get $aggregate)) (i32.const 4))))))
        (local.set $end (i32.add (local.get $out) (i32.shl (local.get $unknowns) (i32.const 2))))
        (loop $unknown
          (local.set $value (f32x4.mul (v128.load (local.get $interpolation)) (local.get $from)))
          (local.set $value
            (f32x4.add
              (local.get $value)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $value) (local.get $value))))
          (f32.store (local.get $out)
            (f32.add (f32.load (local.get $out))
              (f32.add (f32x4.extract_lane 0 (local.get $value)) (f32x4.extract_lane 1 (local.get $value)))))
          (local.set $interpolation (i32.add (local.get $interpolation) (i32.const 16)))
          (br_if $unknown (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 4))) (local.get $end))))
        (local.set $aggregate (i32.add (local.get $aggregate) (i32.const 4)))
        (br $next))))

  ;; The point's values times the rows of its block, which is symmetric.
  (func $multiply (param $block i32) (param $point i32)
    (v128.store (local.get $point)
      (f32x4.add
        (f32x4.add
          (f32x4.mul (v128.load (local.get $block)) (v128.load32_splat (local.get $point)))
          (f32x4.mul (v128.load offset=16 (local.get $block)) (v128.load32_splat offset=4 (local.get $point))))
        (f32x4.add
          (f32x4.mul (v128.load offset=32 (local.get $block)) (v128.load32_splat offset=8 (local.get $point)))
          (f32x4.mul (v128.load offset=48 (local.get $block)) (v128.load32_splat offset=12 (local.get $point)))))))

  ;; What the blocks below the diagonal in the column of a point make of its values is taken from $out.
  (func $subtractColumn (param $neighbor i32) (param $block i32) (param $point i32) (param $out i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $to i32) (local $last i32)
    (local.set $a (v128.load32_splat (local.get $point)))
    (local.set $b (v128.load32_splat offset=4 (local.get $point)))
    (local.set $c (v128.load32_splat offset=8 (local.get $point)))
    (local.set $d (v128.load32_splat offset=12 (local.get $point)))
    (local.set $last (i32.add (local.get $neighbor) (i32.const 16)))
    (loop $next
      (local.set $to (i32.add (local.get $out) (i32.shl (i32.load (local.get $neighbor)) (i32.const 4))))
      (v128.store (local.get $to)
        (f32x4.sub (v128.load (local.get $to))
          (f32x4.add
            (f32x4.add
              (f32x4.mul (v128.load (local.get $block)) (local.get $a))
              (f32x4.mul (v128.load offset=16 (local.get $block)) (local.get $b)))
            (f32x4.add
              (f32x4.mul (v128.load offset=32 (local.get $block)) (local.get $c))
              (f32x4.mul (v128.load offset=48 (local.get $block)) (local.get $d))))))
      (local.set $block (i32.add (local.get $block) (i32.const 64)))
      (local.set $neighbor (i32.add (local.get $neighbor) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $neighbor) (local.get $last)))))

  ;; out = right - what the blocks above the diagonal in the row of a point make of $vector.
  (func $subtractRow (param $neighbor i32) (param $block i32) (param $right i32) (param $vector i32) (param $out i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $value v128) (local $last i32)
    (local.set $last (i32.add (local.get $neighbor) (i32.const 16)))
    (loop $next
      (local.set $value
        (v128.load (i32.add (local.get $vector) (i32.shl (i32.load (local.get $neighbor)) (i32.const 4)))))
      (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $block)) (local.get $value))))
      (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $block)) (local.get $value))))
      (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $block)) (local.get $value))))
      (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $block)) (local.get $value))))
      (local.set $block (i32.add (local.get $block) (i32.const 64)))
      (local.set $neighbor (i32.add (local.get $neighbor) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $neighbor) (local.get $last))))
    ;; The sums of a, b, c and d: halves of two, then of all.
    (local.set $a
      (f32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
    (local.set $c
      (f32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
    (v128.store (local.get $out)
      (f32x4.sub (v128.load (local.get $right))
        (f32x4.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c))))))

  ;; out -= L vector, with L the blocks below the diagonal.
  (func (export "subtractLowerBlocks")
    (param $neighbors i32) (param $last i32) (param $blocks i32) (param $vector i32) (param $out i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $neighbors) (local.get $last)))
        (call $subtractColumn (local.get $neighbors) (local.get $blocks) (local.get $vector) (local.get $out))
        (local.set $neighbors (i32.add (local.get $neighbors) (i32.const 16)))
        (local.set $blocks (i32.add (local.get $blocks) (i32.const 256)))
        (local.set $vector (i32.add (local.get $vector) (i32.const 16)))
        (br $next))))

  ;; out = right - U vector, with U the blocks above the diagonal.
  (func (export "subtractUpperBlocks")
    (param $neighbors i32) (param $last i32) (param $blocks i32) (param $right i32) (param $vector i32) (param $out i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $neighbors) (local.get $last)))
        (call $subtractRow (local.get $neighbors) (local.get $blocks) (local.get $right) (local.get $vector)
          (local.get $out))
        (local.set $neighbors (i32.add (local.get $neighbors) (i32.const 16)))
        (local.set $blocks (i32.add (local.get $blocks) (i32.const 256)))
        (local.set $right (i32.add (local.get $right) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next))))

  ;; Solves (D + L) out = right, which $out holds.
  (func (export "sweepBlocksForth")
    (param $neighbors i32) (param $last i32) (param $blocks i32) (param $inverses i32) (param $point i32)
    (param $out i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $neighbors) (local.get $last)))
        (call $multiply (local.get $inverses) (local.get $point))
        (call $subtractColumn (local.get $neighbors) (local.get $blocks) (local.get $point) (local.get $out))
        (local.set $neighbors (i32.add (local.get $neighbors) (i32.const 16)))
        (local.set $blocks (i32.add (local.get $blocks) (i32.const 256)))
        (local.set $inverses (i32.add (local.get $inverses) (i32.const 64)))
        (local.set $point (i32.add (local.get $point) (i32.const 16)))
        (br $next))))

  ;; Solves (D + U) vector = right; all addresses but $first and $vector are those behind the last point.
  (func (export "sweepBlocksBack")
    (param $first i32) (param $neighbors i32) (param $blocks i32) (param $inverses i32) (param $right i32)
    (param $point i32) (param $vector i32)
    (block $done
      (loop $next
        (br_if $done (i32.le_u (local.get $neighbors) (local.get $first)))
        (local.set $neighbors (i32.sub (local.get $neighbors) (i32.const 16)))
        (local.set $blocks (i32.sub (local.get $blocks) (i32.const 256)))
        (local.set $inverses (i32.sub (local.get $inverses) (i32.const 64)))
        (local.set $right (i32.sub (local.get $right) (i32.const 16)))
        (local.set $point (i32.sub (local.get $point) (i32.const 16)))
        (call $subtractRow (local.get $neighbors) (local.get $blocks) (local.get $right) (local.get $vector)
          (local.get $point))
        (call $multiply (local.get $inverses) (local.get $point))
        (br $next))))

  ;; out = right - D vector, with D the blocks of the diagonal, which are symmetric.
  (func (export "subtractDiagonalBlocks")
    (param $block i32) (param $last i32) (param $right i32) (param $vector i32) (param $out i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $block) (local.get $last)))
        (v128.store (local.get $out) (v128.load (local.get $vector)))
        (call $multiply (local.get $block) (local.get $out))
        (v128.store (local.get $out) (f32x4.sub (v128.load (local.get $right)) (v128.load (local.get $out))))
        (local.set $block (i32.add (local.get $block) (i32.const 64)))
        (local.set $right (i32.add (local.get $right) (i32.const 16)))
        (local.set $vector (i32.add (local.get $vector) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next))))

  ;; The sum of a * b, added up in f64.
  (func (export "dot") (param $a i32) (param $end i32) (param $b i32) (result f64)
    (local $sum v128) (local $value v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $value (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $b))))
        (local.set $sum
          (f64x2.add
            (f64x2.add (local.get $sum) (f64x2.promote_low_f32x4 (local.get $value)))
            (f64x2.promote_low_f32x4
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $value) (local.get $value)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $next)))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))

  ;; The greatest absolute value.
  (func (export "greatest") (param $a i32) (param $end i32) (result f64)
    (local $most v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $most (f32x4.max (local.get $most) (f32x4.abs (v128.load (local.get $a)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br $next)))
    (f64.promote_f32
      (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
        (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most))))))

  ;; out = a + scale * out.
  (func (export "scaleAndAdd") (param $out i32) (param $end i32) (param $scale f64) (param $a i32)
    (local $factor v128)
    (local.set $factor (f32x4.splat (f32.demote_f64 (local.get $scale))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (v128.store (local.get $out)
          (f32x4.add (v128.load (local.get $a)) (f32x4.mul (local.get $factor) (v128.load (local.get $out)))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br $next))))

  ;; out += scale * a.
  (func (export "addScaled") (param $out i32) (param $end i32) (param $scale f64) (param $a i32)
    (local $factor v128)
    (local.set $factor (f32x4.splat (f32.demote_f64 (local.get $scale))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (v128.store (local.get $out)
          (f32x4.add (v128.load (local.get $out)) (f32x4.mul (local.get $factor) (v128.load (local.get $a)))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br $next)))))
