using Credence.Roles;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Roles;

/// <summary>The evaluator against a second statement of the model that shares nothing with it but the edges.</summary>
public sealed class AccessGraphTests
{
    private static readonly string[] People = ["1", "2"];
    private static readonly string[] AllRoles = ["a", "b", "c", "d"];
    private static readonly string[] Domains = ["Merchant_1", "Merchant_10", "Merchant_2", "Organizer_1", "*"];
    private static readonly string[] Patterns = ["*", "*", "Merchant_*", "Merchant_1", "Merchant_1*", "Merchant_2", "Organizer_*", "O*1"];
    private static readonly string[] Permissions = ["User.read", "User.update", "Role.read"];

    private sealed record Case(IReadOnlyList<PolicyDefinition> Edges, AccessQuestion Asked)
    {
        public override string ToString() => $"{Asked}\n" + string.Join('\n', Edges.Select(edge => edge.Variant == EdgeVariant.Group
            ? $"g, {edge.Subject}, {edge.Group}, {edge.Domain}"
            : $"p, {edge.Subject}, {edge.Domain}, {edge.TargetId}, {edge.Effect}"));
    }

    [Fact]
    public void Ten_thousand_sets_of_edges_answer_as_the_model_says()
    {
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            var graph = AccessGraph.Of(each.Edges);
            var answered = graph.Allows(each.Asked, graph.Find(each.Asked.Subject));
            var restated = Restated(each);
            outcomes[restated] = outcomes.GetValueOrDefault(restated) + 1;
            return answered == (restated == "allowed") ? true : throw new InvalidOperationException($"{each}\nanswered {answered}, restated {restated}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
        Assert.All(["allowed", "denied", "nothing"], outcome => Assert.True(outcomes[outcome] > 250, string.Join(' ', outcomes))); // no outcome is a rarity
    }

    [Theory]
    [InlineData("Merchant_1", "*", true)]
    [InlineData("", "*", true)]
    [InlineData("Merchant_1", "Merchant_1", true)]
    [InlineData("Merchant_10", "Merchant_1", false)]
    [InlineData("Merchant_10", "Merchant_1*", true)]
    [InlineData("Merchant_", "Merchant_*", true)]
    [InlineData("Merchant", "Merchant_*", false)]
    [InlineData("*", "Merchant_*", false)]
    [InlineData("merchant_1", "Merchant_*", false)]
    [InlineData("Organizer_1", "O*2", true)] // nothing counts behind the first star
    public void A_domain_is_matched_up_to_the_first_star(string domain, string pattern, bool matches) => Assert.Equal(matches, KeyMatch.Matches(domain, pattern));

    /// <summary>The model of contract identity B.1, as it is written there: every policy line is tried, and g is the closure of the lines that hold in the domain.</summary>
    private static string Restated(Case each)
    {
        var asked = each.Asked;
        bool Holds(string pattern) => !pattern.Contains('*', StringComparison.Ordinal)
            ? asked.Domain == pattern
            : asked.Domain.Length >= pattern.Split('*')[0].Length && asked.Domain[..pattern.Split('*')[0].Length] == pattern.Split('*')[0];

        // g, as every pair of it: (x, x), then (x, z) wherever (x, y) and (y, z) are pairs, until there are no more.
        string[] names = [.. People.Select(person => $"User_{person}"), .. AllRoles.Select(role => $"Role_{role}")];
        var pairs = names.Select(name => (From: name, To: name)).ToHashSet();
        foreach (var edge in each.Edges.Where(edge => edge.Variant == EdgeVariant.Group && Holds(edge.Domain)))
        {
            pairs.Add(($"{edge.Subject.Type}_{edge.Subject.Id}", $"Role_{edge.TargetId}"));
        }

        int before;
        do
        {
            before = pairs.Count;
            pairs.UnionWith((from one in pairs from other in pairs where one.To == other.From select (one.From, other.To)).ToList());
        }
        while (pairs.Count > before);

        var effects = each.Edges
            .Where(edge => edge.Variant == EdgeVariant.Policy
                && pairs.Contains((asked.Subject, $"{edge.Subject.Type}_{edge.Subject.Id}"))
                && Holds(edge.Domain)
                && edge.TargetId == $"{asked.Object}.{asked.Action}")
            .Select(edge => edge.Effect)
            .ToHashSet();
        return effects.Contains(EdgeEffect.Deny) ? "denied" : effects.Contains(EdgeEffect.Allow) ? "allowed" : "nothing";
    }

    private static Gen<Case> Cases()
    {
        var subjects = Gen.Elements<Subject>([.. People.Select(Subject.User), .. AllRoles.Select(role => new Subject(SubjectType.Role, role))]);
        var groups = from subject in subjects
                     from role in Gen.Elements(AllRoles)
                     from domain in Gen.Elements(Patterns)
                     select Edge(EdgeVariant.Group, subject, TargetType.Role, role, domain, "", EdgeEffect.Allow);
        var policies = from subject in subjects
                       from permission in Gen.Elements(Permissions)
                       from domain in Gen.Elements(Patterns)
                       from effect in Gen.Frequency((4, Gen.Constant(EdgeEffect.Allow)), (1, Gen.Constant(EdgeEffect.Deny)))
                       select Edge(EdgeVariant.Policy, subject, TargetType.Permission, permission, domain, permission.Split('.')[1], effect);
        return from size in Gen.Choose(0, 24)
               from edges in Gen.ListOf(Gen.OneOf(groups, policies), size)
               from subject in subjects
               from domain in Gen.Elements(Domains)
               from permission in Gen.Elements(Permissions)
               select new Case([.. edges], new AccessQuestion(subject.ToString(), domain, permission.Split('.')[0], permission.Split('.')[1]));
    }

    private static PolicyDefinition Edge(
        EdgeVariant variant, Subject subject, TargetType targetType, string target, string domain, string action, EdgeEffect effect) =>
        new(default, variant, subject, targetType, target, domain, action, effect, default, "test");
}
