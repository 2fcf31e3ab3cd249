module netwright/bench/round-trips

go 1.22
