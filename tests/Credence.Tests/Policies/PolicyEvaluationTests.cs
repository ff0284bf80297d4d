using Credence.Organizations;
using Credence.Policies;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Policies;

/// <summary>The evaluator against a second statement of the contract that shares nothing with it, clocks of the world included.</summary>
public sealed class PolicyEvaluationTests
{
    private static readonly Id<Organization> Anybody = new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
    private static readonly string[] Agents = ["ag_1", "ag_2"];
    private static readonly string[] Principals = ["ada", "grace"];
    private static readonly string[] AllScopes = ["read", "write", "send", "pay"];

    private sealed record Case(IReadOnlyList<Policy> Rules, PolicyQuestion Asked)
    {
        public override string ToString() =>
            $"{Asked.Agent} {Asked.Principal} [{string.Join(' ', Asked.Scopes)}] {Asked.At:u}\n" + string.Join('\n', Rules.Select(rule => $"{rule.Effect} {rule.Terms}"));
    }

    [Fact]
    public void Ten_thousand_rule_sets_decide_as_the_contract_says()
    {
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            var decided = each.Rules.FirstOrDefault(rule => rule.Unmet(each.Asked) == PolicyTerm.None);
            var restated = Restated(each);
            outcomes[restated?.Effect.ToString() ?? "Nobody"] = outcomes.GetValueOrDefault(restated?.Effect.ToString() ?? "Nobody") + 1;
            return ReferenceEquals(decided, restated) ? true : throw new InvalidOperationException($"{each}\ndecided by {decided?.Name}, restated {restated?.Name}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
        Assert.All(["Allow", "Deny", "Nobody"], outcome => Assert.True(outcomes[outcome] > 500, string.Join(' ', outcomes))); // no outcome is a rarity
    }

    /// <summary>Berlin, 2026-03-29: at 02:00 the clock shows 03:00.</summary>
    [Theory]
    [InlineData("2026-03-29T00:59:00Z", "01:30", "02:30", true)] // 01:59
    [InlineData("2026-03-29T01:00:00Z", "01:30", "02:30", false)] // 03:00
    [InlineData("2026-03-29T01:00:00Z", "02:00", "03:00", false)] // an hour that does not come
    [InlineData("2026-03-29T01:00:00Z", "03:00", "04:00", true)]
    [InlineData("2026-10-25T00:30:00Z", "02:00", "03:00", true)] // 02:30 in summer
    [InlineData("2026-10-25T01:30:00Z", "02:00", "03:00", true)] // 02:30 again, in winter
    [InlineData("2026-10-25T02:00:00Z", "02:00", "03:00", false)] // 03:00
    public void A_window_means_what_people_see_on_the_clock(string at, string start, string end, bool inside) =>
        Assert.Equal(inside, Matches(PolicyTerms.None with { Start = TimeOfDay.Find(start), End = TimeOfDay.Find(end), TimeZone = "Europe/Berlin" }, at));

    [Theory]
    [InlineData("2026-03-02T23:00:00Z", true)] // Monday, the night begins
    [InlineData("2026-03-03T05:59:00Z", true)] // it is Tuesday, the night is still Monday's
    [InlineData("2026-03-03T06:00:00Z", false)]
    [InlineData("2026-03-03T23:00:00Z", false)] // Tuesday's night
    [InlineData("2026-03-02T05:00:00Z", false)] // Sunday's night
    public void A_night_belongs_to_the_day_it_began_on(string at, bool inside) =>
        Assert.Equal(inside, Matches(PolicyTerms.None with { Start = new(22 * 60), End = new(6 * 60), Days = [DayOfWeek.Monday] }, at));

    [Theory]
    [InlineData("00:00", "24:00", true)]
    [InlineData("12:00", "12:00", false)] // no minute lies in it
    [InlineData("12:00", "12:01", true)]
    [InlineData("11:59", "12:00", false)]
    public void A_window_begins_with_its_first_minute_and_ends_before_its_last(string start, string end, bool inside) =>
        Assert.Equal(inside, Matches(PolicyTerms.None with { Start = TimeOfDay.Find(start), End = TimeOfDay.Find(end) }, "2026-03-02T12:00:59.999Z"));

    [Fact]
    public void One_end_alone_is_no_window() => Assert.True(Matches(PolicyTerms.None with { Start = new(0), TimeZone = "Europe/Berlin" }, "2026-03-02T12:00:00Z"));

    [Fact]
    public void Where_a_zone_is_unknown_an_allow_rule_never_matches_and_a_deny_rule_does_at_any_hour()
    {
        var terms = PolicyTerms.None with { Start = new(0), End = new(1), TimeZone = "Mars/Olympus_Mons" };
        Assert.False(Matches(terms, "2026-03-02T12:00:00Z"));
        Assert.Equal(PolicyTerm.None, Rule(0, PolicyEffect.Deny, terms).Unmet(Question("2026-03-02T12:00:00Z")));
    }

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("Etc/GMT+5", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Nowhere", false)]
    [InlineData("../../../../dev/zero", false)]
    [InlineData("../zoneinfo/Europe/Berlin", false)] // a way out of the folder, though back into it
    [InlineData("Europe/../Europe/Berlin", false)]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin", false)]
    [InlineData("tzdata.zi", false)]
    [InlineData("", false)]
    [InlineData("Europe", false)] // a folder
    public void Only_names_of_zones_are_looked_for(string name, bool known) => Assert.Equal(known, IanaZones.Find(name) is not null);

    [Theory]
    [InlineData("00:00", 0)]
    [InlineData("23:59", 23 * 60 + 59)]
    [InlineData("24:00", 24 * 60)]
    [InlineData("24:01", null)]
    [InlineData("9:00", null)]
    [InlineData("09:60", null)]
    [InlineData("0９:00", null)]
    [InlineData("09:00:00", null)]
    public void A_time_of_day_is_four_digits_and_a_colon(string text, int? minute)
    {
        Assert.Equal(minute, TimeOfDay.Find(text)?.Minute);
        if (minute is { } known) Assert.Equal(text, new TimeOfDay(known).ToString());
    }

    private static bool Matches(PolicyTerms terms, string at) => Rule(0, PolicyEffect.Allow, terms).Unmet(Question(at)) == PolicyTerm.None;

    private static PolicyQuestion Question(string at) => new(Anybody, "ag_1", "ada", ["read"], DateTimeOffset.Parse(at, null));

    private static Policy Rule(int number, PolicyEffect effect, PolicyTerms terms) =>
        new(new Id<Policy>(Guid.Empty), Anybody, $"rule {number}", effect, 0, terms, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    // --- the second statement ------------------------------------------------------------------------------------------

    private static Policy? Restated(Case each)
    {
        foreach (var rule in each.Rules)
        {
            var terms = rule.Terms;
            if (terms.Agent != null && terms.Agent != each.Asked.Agent) continue;
            if (terms.Principal != null && terms.Principal != each.Asked.Principal) continue;
            if (terms.Scopes != null)
            {
                var listed = each.Asked.Scopes.Count(scope => terms.Scopes.Contains(scope));
                if (rule.Effect == PolicyEffect.Allow && listed != each.Asked.Scopes.Count) continue;
                if (rule.Effect == PolicyEffect.Deny && listed == 0) continue;
            }

            var clock = WorldClocks.Read(terms.TimeZone ?? "UTC", each.Asked.At);
            var opened = clock;
            if (terms.Start != null && terms.End != null)
            {
                var (now, start, end) = (clock.ToString("HH:mm"), terms.Start.ToString()!, terms.End.ToString()!); // compared as text, as the contract has it
                var over = string.CompareOrdinal(start, end) > 0;
                var afterStart = string.CompareOrdinal(start, now) <= 0;
                var beforeEnd = string.CompareOrdinal(now, end) < 0;
                if (!over && !(afterStart && beforeEnd)) continue;
                if (over && !afterStart && !beforeEnd) continue;
                if (over && beforeEnd) opened = clock.AddDays(-1);
            }

            if (terms.Days != null && !terms.Days.Contains(opened.DayOfWeek)) continue;
            return rule;
        }

        return null;
    }

    // --- what is tried -------------------------------------------------------------------------------------------------

    private static Gen<Case> Cases() =>
        from rules in Gen.Choose(0, 6).SelectMany(count => Rules(count))
        from agent in Gen.Elements(Agents)
        from principal in Gen.Elements(Principals)
        from scopes in SomeOf(AllScopes)
        from at in Instants()
        select new Case(rules, new PolicyQuestion(Anybody, agent, principal, scopes, at));

    private static Gen<IReadOnlyList<Policy>> Rules(int count) =>
        from rules in Gen.CollectToList(
            Enumerable.Range(0, count),
            number => from effect in Gen.Elements(PolicyEffect.Allow, PolicyEffect.Deny) from terms in Terms() select Rule(number, effect, terms))
        select (IReadOnlyList<Policy>)rules;

    private static Gen<PolicyTerms> Terms() =>
        from agent in Maybe(Gen.Elements(Agents))
        from principal in Maybe(Gen.Elements(Principals))
        from scopes in Maybe(SomeOf(AllScopes))
        from start in Times()
        from end in Times()
        from zone in Maybe(Gen.Elements(WorldClocks.Zones))
        from days in Maybe(SomeOf(Enum.GetValues<DayOfWeek>()))
        select new PolicyTerms(agent, principal, scopes, start, end, zone, days);

    private static Gen<TimeOfDay?> Times() => Gen.Frequency(
        (1, Gen.Constant<TimeOfDay?>(null)),
        (3, from minute in Gen.Choose(0, 24 * 60) select (TimeOfDay?)new TimeOfDay(minute)),
        (3, from half in Gen.Choose(0, 8) select (TimeOfDay?)new TimeOfDay(half * 30))); // the hours in which clocks are changed

    /// <summary>Any time of some years; most within hours of a change of some zone's clock, and on either side of whole hours.</summary>
    private static Gen<DateTimeOffset> Instants() => Gen.Frequency(
        (1, from minutes in Gen.Choose(0, 12 * 365 * 24 * 60) select new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes)),
        (3, from change in Gen.Elements(WorldClocks.Changes(2020, 2031)) from seconds in Gen.Choose(-4 * 3600, 4 * 3600) select change.AddSeconds(seconds)),
        (1, from change in Gen.Elements(WorldClocks.Changes(2020, 2031)) from milliseconds in Gen.Elements(-1, 0, 1) select change.AddMilliseconds(milliseconds)));

    private static Gen<T?> Maybe<T>(Gen<T> some)
        where T : class => Gen.Frequency((2, Gen.Constant<T?>(null)), (1, some.Select(value => (T?)value)));

    private static Gen<IReadOnlyList<T>> SomeOf<T>(T[] all) =>
        from chosen in Gen.Elements(all).NonEmptyListOf()
        select (IReadOnlyList<T>)chosen.Distinct().ToList();
}
