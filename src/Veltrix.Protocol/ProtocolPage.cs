namespace Veltrix.Protocol;

/// <summary>The protocol's page, PROTOCOL.md, as it was when this library was built: a server shows it, and tests read its examples.</summary>
public static class ProtocolPage
{
    /// <summary>The page in Markdown.</summary>
    public static string Read()
    {
        using var stream = typeof(ProtocolPage).Assembly.GetManifestResourceStream("PROTOCOL.md")
            ?? throw new InvalidOperationException("PROTOCOL.md is not embedded in this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
