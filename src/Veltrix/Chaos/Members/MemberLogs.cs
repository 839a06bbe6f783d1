using System.Globalization;

namespace Veltrix.Commands.Chaos.Members;

/// <summary>What the processes of a cluster say, in a folder of its own: a file for each, and one with the errors of all. Thrown away when all went well.</summary>
internal sealed class MemberLogs : IDisposable
{
    public const string ErrorsFile = "errors.log";

    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamWriter> _files = new(StringComparer.Ordinal);
    private long _errors;

    public MemberLogs(string folder, TimeProvider time)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        _time = time;
        _began = time.GetTimestamp();
    }

    public string Folder { get; }

    /// <summary>Lines of level Error and above.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Notes a line that a process wrote.</summary>
    public void Write(string name, string line)
    {
        var error = line.StartsWith("fail: ", StringComparison.Ordinal) || line.StartsWith("crit: ", StringComparison.Ordinal);
        var at = string.Create(CultureInfo.InvariantCulture, $"[{_time.GetElapsedTime(_began).TotalSeconds,7:F2}] ");
        lock (_gate)
        {
            Of(name + ".log").WriteLine(at + line);
            if (error)
            {
                _errors++;
                Of(ErrorsFile).WriteLine(at + name + " " + line);
            }
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _files.Values)
            {
                file.Dispose();
            }

            _files.Clear();
        }
    }

    private StreamWriter Of(string file)
    {
        if (!_files.TryGetValue(file, out var writer))
        {
            writer = new StreamWriter(Path.Combine(Folder, file), append: true) { AutoFlush = true };
            _files.Add(file, writer);
        }

        return writer;
    }
}
