using System.Runtime.InteropServices;

namespace Credence.Usage;

/// <summary>Something that a journal counts: how it lies in the file, and how the file is named.</summary>
internal interface IJournalKey<TSelf>
    where TSelf : struct, IJournalKey<TSelf>
{
    /// <summary>How many bytes it takes; a multiple of eight, so that the count behind it is written in one piece.</summary>
    static abstract int Size { get; }

    /// <summary>How the files end that hold it.</summary>
    static abstract string Extension { get; }

    /// <summary>How the period is written in the file's name.</summary>
    static abstract string PeriodFormat { get; }

    /// <summary>When the period began that an instant lies in.</summary>
    static abstract DateTimeOffset PeriodOf(DateTimeOffset at);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    static abstract TSelf Read(ReadOnlySpan<byte> bytes);

    /// <summary>Writes it.</summary>
    void Write(Span<byte> bytes);
}

/// <summary>Verifications of an organization, a day at a time (contract grantex-core 13).</summary>
internal readonly record struct VerificationKey(Guid Organization) : IJournalKey<VerificationKey>
{
    public static int Size => 16;

    public static string Extension => ".usage";

    public static string PeriodFormat => "yyyy-MM-dd";

    public static DateTimeOffset PeriodOf(DateTimeOffset at) => UsageStore.DayOf(at);

    public static VerificationKey Read(ReadOnlySpan<byte> bytes) => new(new Guid(bytes[..16], bigEndian: true));

    public void Write(Span<byte> bytes) => Organization.TryWriteBytes(bytes, bigEndian: true, out _);
}

/// <summary>What an agent does at the agents door, an hour at a time (contract agent-idp AE-53 to AE-55).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AgentUsageKey(Guid Organization, Guid Agent, AgentUsageKind Kind) : IJournalKey<AgentUsageKey>
{
    private const int KindAt = 32;

    public static int Size => 40;

    public static string Extension => ".agents";

    public static string PeriodFormat => "yyyy-MM-dd'T'HH";

    public static DateTimeOffset PeriodOf(DateTimeOffset at) => AgentUsageStore.HourOf(at);

    public static AgentUsageKey Read(ReadOnlySpan<byte> bytes) =>
        new(new Guid(bytes[..16], bigEndian: true), new Guid(bytes[16..KindAt], bigEndian: true), (AgentUsageKind)bytes[KindAt]);

    public void Write(Span<byte> bytes)
    {
        Organization.TryWriteBytes(bytes, bigEndian: true, out _);
        Agent.TryWriteBytes(bytes[16..], bigEndian: true, out _);
        bytes[KindAt] = (byte)Kind;
    }
}
