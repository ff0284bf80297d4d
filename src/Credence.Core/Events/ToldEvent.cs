using System.Text;

namespace Credence.Events;

/// <summary>An event as streams send it, written once for all of them.</summary>
/// <param name="Event">The event.</param>
/// <param name="Json">Its envelope in UTF-8, on one line (contract grantex-core 8).</param>
public sealed record ToldEvent(Event Event, ReadOnlyMemory<byte> Json)
{
    internal static ToldEvent Of(Event one) => new(one, Encoding.UTF8.GetBytes(one.Envelope()));
}
