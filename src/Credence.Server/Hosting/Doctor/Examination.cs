namespace Credence.Server.Hosting.Doctor;

/// <summary>What is found while one looks.</summary>
internal sealed class Examination
{
    private readonly List<Finding> _findings = [];
    private readonly List<string> _looked = [];
    private readonly List<string> _notes = [];

    /// <summary>Something is wrong.</summary>
    public void Found(string check, string wrong, string seen, string fix) => _findings.Add(new Finding(check, wrong, seen, fix));

    /// <summary>Something was looked at.</summary>
    public void Looked(string what) => _looked.Add(what);

    /// <summary>Something is as somebody chose it, and one should know of it.</summary>
    public void Noted(string what) => _notes.Add(what);

    /// <summary>What it came to.</summary>
    public Report Report() => new(_findings, _notes, _looked);
}
