using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Credence.Tests.State;

/// <summary>Which implementation a theory runs on.</summary>
public enum StateKind
{
    /// <summary>This process.</summary>
    Embedded,

    /// <summary>A real Redis.</summary>
    Redis,
}

/// <summary>Runs a theory once in process and once on Redis.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachStateAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [new TheoryDataRow<StateKind>(StateKind.Embedded), new TheoryDataRow<StateKind>(StateKind.Redis)]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
