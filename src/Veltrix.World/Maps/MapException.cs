namespace Veltrix.World.Maps;

/// <summary>A map that cannot be used. The message is one sentence that names the file, the place in it and how to mend it.</summary>
public sealed class MapException : Exception
{
    public MapException(string message)
        : base(message)
    {
    }

    public MapException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public MapException()
    {
    }
}
