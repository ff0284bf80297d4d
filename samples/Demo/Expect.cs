using System.Diagnostics.CodeAnalysis;

namespace Credence.Samples.Demo;

/// <summary>The server did something else than the walk says it must.</summary>
internal sealed class UnexpectedException(string expected) : Exception(expected);

/// <summary>Says what must hold, so that a walk that goes astray ends with a sentence.</summary>
internal static class Expect
{
    /// <summary>Ends the walk when <paramref name="holds"/> is false.</summary>
    public static void That([DoesNotReturnIf(false)] bool holds, string expected)
    {
        if (!holds) throw new UnexpectedException(expected);
    }
}
