import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** Serves mongo-java-server on a loopback port until it is killed. */
class Serve {
    /** The newest version it knows says wire version 8; the driver speaks to 9 and later only. */
    static class Version implements MongoVersion {
        public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
        public int getWireVersion() { return 9; }
    }

    public static void main(String[] args) {
        new MongoServer(new MemoryBackend().version(new Version())).bind("127.0.0.1", Integer.parseInt(args[0]));
    }
}
