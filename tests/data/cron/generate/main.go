// SPDX-License-Identifier: MIT

// Writes the table that tests/core/server/cron_test holds the server's cron schedules to: what robfig/cron, which
// Temporal's server uses, makes of a schedule and a time. `go run . > ../next.tsv` in this folder.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

var schedules = []string{
	"* * * * *", "*/5 * * * *", "0 0 * * *", "30 9 * * 1-5", "0 0 1 1 *", "0 0 29 2 *", "0 0 30 2 *", "0 0 31 * *",
	"15,45 8-18/2 * * *", "0 12 13 * fri", "0 12 */2 * fri", "0 12 13 * */1", "0 12 13 * */2", "5/20 * * * *",
	"0 22 * JAN-mar Sun", "59 23 31 DEC ?", "? ? ? ? ?", "*-7 * * * *", "*-x/15 * * * *", "1-1 * * * *", "+5 * * * *",
	"0 0 ,1,,15, * *", ", * * * *", "* , * * *", "0 0 , * mon", "\t0\t6 *\u00a0* *", "  0 6 * * *  ", "7/100 * * * *", "007 3 * * *",
	"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
	"@every 1s", "@every 90s", "@every 1h30m", "@every 500ms", "@every 1.9s", "@every 87600h", "@every -5m", "@every 0",
	"", " ", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *", "* * * 13 *",
	"* * * * 7", "5-3 * * * *", "5- * * * *", "-5 * * * *", "1-2-3 * * * *", "*/0 * * * *", "*/-1 * * * *", "*/ * * * *",
	"1/2/3 * * * *", "a * * * *", "1.5 * * * *", "0x5 * * * *", "1_0 * * * *", "* * * janu *", "99999999999999999999 * * * *",
	"*/9223372036854775807 * * * *", "@never", "@Daily", "@every", "@every x", "@every 5", "@daily ", "* * * * * @daily",
	"TZ=UTC 0 6 * * *", "CRON_TZ=Asia/Kolkata 0 6 * * *", "TZ= 0 6 * * *", "TZ=Local 0 6 * * *", "TZ=Nowhere/Land 0 6 * * *",
	"TZ=../etc 0 6 * * *", "TZ=America/New_York @daily", "CRON_TZ=America/New_York   @every 1h", "TZ=Asia/Tokyo ", " TZ=UTC 0 6 * * *",
	"tz=UTC 0 6 * * *", "TZ=Etc/GMT+5 0 6 * * *",
}

var zones = []string{
	"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca",
	"Pacific/Apia", "America/Havana", "Asia/Beirut", "Pacific/Chatham",
}

var zoned = []string{
	"30 2 * * *", "0 0 * * *", "30 1 * * *", "*/20 * * * *", "0 */3 * * *", "15 3 * * sun", "0 0 1 * *", "45 23 30 3,11 *",
	"30 0 * * 6", "0 2 8-14 3 *", "@daily", "@weekly", "59 23 * * *", "0 1,2,3 * 3,10,11 *",
}

// Around changes of clocks, and odd moments.
var times = []string{
	"2026-03-12T09:14:03Z", "2026-03-12T09:14:03.250Z", "2026-12-31T23:59:59.999999999Z", "2024-02-28T23:59:59Z", "2027-03-01T00:00:00Z",
}

var zonedTimes = []string{
	"2025-03-09T05:59:00Z", "2025-03-09T06:59:59.5Z", "2025-03-09T07:30:00Z", "2025-11-02T04:30:00Z", "2025-11-02T05:30:00Z",
	"2025-11-02T06:30:00Z", "2025-03-30T00:59:59Z", "2025-03-30T01:00:00Z", "2025-10-26T00:15:00Z", "2025-10-26T01:15:00Z",
	"2018-11-04T02:30:00Z", "2018-02-18T01:30:00Z", "2025-04-05T14:45:00Z", "2025-10-04T15:15:00Z",
	"2026-06-15T12:00:00Z",
}

func field(random *rand.Rand, least, most int) string {
	value := func() int { return least + random.Intn(most-least+1) }
	item := func() string {
		switch random.Intn(6) {
		case 0:
			return "*"
		case 1:
			return fmt.Sprintf("*/%d", 1+random.Intn(most))
		case 2:
			return fmt.Sprintf("%d/%d", value(), 1+random.Intn(most))
		case 3:
			a, b := value(), value()
			if a > b {
				a, b = b, a
			}
			return fmt.Sprintf("%d-%d/%d", a, b, 1+random.Intn(4))
		default:
			return fmt.Sprint(value())
		}
	}
	items := []string{item()}
	for random.Intn(3) == 0 {
		items = append(items, item())
	}
	return strings.Join(items, ",")
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	row := func(spec, at string) {
		from, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			panic(err)
		}
		answer := "invalid"
		if schedule, err := cron.ParseStandard(spec); err == nil {
			answer = "none"
			if next := schedule.Next(from.UTC()); !next.IsZero() {
				answer = next.Format(time.RFC3339Nano)
			}
		}
		fmt.Fprintf(out, "%q\t%s\t%s\n", spec, at, answer)
	}
	for _, spec := range schedules {
		for _, at := range times {
			row(spec, at)
		}
	}
	for _, zone := range zones {
		for _, spec := range zoned {
			for _, at := range zonedTimes {
				row("TZ="+zone+" "+spec, at)
			}
		}
	}
	random := rand.New(rand.NewSource(1))
	for range 400 {
		spec := strings.Join([]string{field(random, 0, 59), field(random, 0, 23), field(random, 1, 31), field(random, 1, 12), field(random, 0, 6)}, " ")
		if random.Intn(2) == 0 {
			spec = "CRON_TZ=" + zones[random.Intn(len(zones))] + " " + spec
		}
		at := time.Unix(1_400_000_000+random.Int63n(600_000_000), random.Int63n(2)*random.Int63n(1_000_000_000)).UTC()
		row(spec, at.Format(time.RFC3339Nano))
	}
}
